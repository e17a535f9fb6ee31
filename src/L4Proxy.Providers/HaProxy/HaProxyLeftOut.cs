namespace L4Proxy.Providers.HaProxy;

/// <summary>Lines that have nothing to do with what becomes of a connection, and why each is left out.</summary>
internal static class HaProxyLeftOut
{
    private const string NotLayer4 = "It is not layer 4.";
    private const string Process = "It is about HAProxy's process.";
    private const string Log = "It is a log: L4Proxy has one of its own.";
    private const string Sockets = "It is how sockets are used, which L4Proxy sees to itself.";

    private static readonly Dictionary<string, string> s_lines = Table(
        ("log log-tag log-format log-format-sd error-log-format unique-id-format unique-id-header capture description id email-alert stats monitor-uri monitor-net", Log),
        ("errorfile errorloc errorfiles http-request http-response http-after-response http-reuse cookie compression forwardfor redirect rspadd reqadd monitor max-keep-alive-queue", NotLayer4),
        ("option-tcplog option-tcpka option-log-health-checks option-logasap option-dontlognull option-dontlog-normal option-log-separate-errors option-persist option-transparent-log option-socket-stats", Log),
        ("option-clitcpka option-srvtcpka option-splice-auto option-splice-request option-splice-response option-tcp-smart-accept option-tcp-smart-connect option-contstats option-nolinger clitcpka-idle srvtcpka-idle", Sockets),
        ("option-httplog option-http-server-close option-httpclose option-forwardfor option-http-keep-alive option-http-use-htx option-forceclose option-http-no-delay option-http-buffer-request option-httpslog option-abortonclose", NotLayer4),
        ("timeout-http-request timeout-http-keep-alive timeout-client-hs timeout-tarpit", NotLayer4),
        ("nbproc nbthread bind-process process user group", Process),
        // Said only where nobody asked for it: there it changes nothing.
        ("mode balance retries hash-type hash-balance-factor default-server fullconn option-redispatch option-allbackups", ""),
        ("timeout-connect timeout-client timeout-server timeout-tunnel timeout-check timeout-queue timeout-client-fin timeout-server-fin", ""));

    /// <summary>Why a line is left out: nothing where it changes nothing; null where it would be lost.</summary>
    public static string? Why(HaProxyLine line, string kind)
    {
        if (kind == "global")
            return Process;
        var isOff = line.Keyword == "no" && line[1] == "option";
        var name = isOff ? $"option-{line[2]}" : line.Keyword is "option" or "timeout" ? $"{line.Keyword}-{line[1]}" : line.Keyword;
        return isOff ? "" : s_lines.GetValueOrDefault(name);
    }

    private static Dictionary<string, string> Table(params (string Names, string Why)[] rows) =>
        rows.SelectMany(row => row.Names.Split(' ').Select(name => (Name: name, row.Why))).ToDictionary(item => item.Name, item => item.Why, StringComparer.Ordinal);
}
