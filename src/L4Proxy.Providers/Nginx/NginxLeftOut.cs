namespace L4Proxy.Providers.Nginx;

/// <summary>Directives that have nothing to do with what becomes of a connection, and why each is left out.</summary>
internal static class NginxLeftOut
{
    private const string NotLayer4 = "It is not layer 4.";
    private const string Process = "It is about nginx's processes.";
    private const string Log = "It is a log: L4Proxy has one of its own.";
    private const string Memory = "It is about nginx's memory.";

    /// <summary>Outside of all blocks.</summary>
    public static IReadOnlyDictionary<string, string> OfFile { get; } = Table(
        ("http mail", NotLayer4),
        ("events user group pid daemon master_process worker_processes worker_rlimit_nofile worker_rlimit_core worker_cpu_affinity worker_priority worker_shutdown_timeout working_directory", Process),
        ("load_module env thread_pool timer_resolution pcre_jit lock_file ssl_engine debug_points google_perftools_profiles", Process),
        ("error_log", Log));

    /// <summary>Of an upstream.</summary>
    public static IReadOnlyDictionary<string, string> OfUpstream { get; } = Table(("zone state random_state", Memory));

    /// <summary>Of the stream block and its servers.</summary>
    public static IReadOnlyDictionary<string, string> OfStream { get; } = Table(
        ("access_log error_log log_format open_log_file_cache status_zone", Log),
        ("variables_hash_max_size variables_hash_bucket_size map_hash_max_size map_hash_bucket_size server_names_hash_max_size server_names_hash_bucket_size proxy_buffer_size limit_conn_log_level", Memory),
        ("tcp_nodelay", "L4Proxy never keeps small segments back."),
        ("ssl_session_cache ssl_session_timeout ssl_session_tickets ssl_session_ticket_key proxy_ssl_session_reuse ssl_buffer_size", "Sessions are resumed by tickets here, without being told."),
        // Asked for where it says something: of a server that is not carried over, and where nobody is looked up or nothing is encrypted, it does not.
        ("server_name preread_timeout preread_buffer_size proxy_protocol_timeout set_real_ip_from limit_conn limit_conn_dry_run resolver resolver_timeout", ""),
        ("proxy_connect_timeout proxy_timeout proxy_half_close proxy_next_upstream proxy_next_upstream_tries proxy_next_upstream_timeout proxy_protocol proxy_bind", ""),
        ("proxy_socket_keepalive proxy_responses proxy_requests proxy_upload_rate proxy_download_rate", ""),
        ("proxy_ssl proxy_ssl_verify proxy_ssl_server_name proxy_ssl_name proxy_ssl_trusted_certificate proxy_ssl_certificate proxy_ssl_certificate_key proxy_ssl_protocols proxy_ssl_ciphers", ""),
        ("ssl_certificate ssl_certificate_key ssl_protocols ssl_ciphers ssl_prefer_server_ciphers ssl_verify_client ssl_client_certificate ssl_handshake_timeout ssl_alpn", ""));

    private static Dictionary<string, string> Table(params (string Names, string Why)[] rows) =>
        rows.SelectMany(row => row.Names.Split(' ').Select(name => (Name: name, row.Why))).ToDictionary(item => item.Name, item => item.Why, StringComparer.Ordinal);
}
