using L4Proxy.Configuration;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Nginx;

/// <summary>A <c>server</c> of the stream block.</summary>
/// <param name="block">What it says.</param>
/// <param name="line">Where it stands.</param>
internal sealed class NginxServer(NginxBlock block, int line)
{
    private static readonly TimeSpan s_preread = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_maxPreface = TimeSpan.FromMinutes(10);
    private static readonly string[] s_everyone = ["0.0.0.0/0", "::/0"];

    public NginxBlock Block => block;

    /// <summary>What its routes and endpoints are called.</summary>
    public string Name { get; } = $"server-{line}";

    public IReadOnlyList<NginxListen> Listens { get; } = [.. block.Own("listen").Select(listen => NginxListen.Read(listen, block)).OfType<NginxListen>()];

    /// <summary>The names that it is for, where others listen on the same address.</summary>
    public IReadOnlyList<NginxName> Names { get; } = [.. block.Own("server_name").SelectMany(directive => directive.Arguments).SelectMany(text => NamesOf(text, block))];

    /// <summary>Whether it reads the client's hello.</summary>
    public bool Prereads { get; } = block.IsOn("ssl_preread");

    /// <summary>Who may come in; null where that cannot be said.</summary>
    public NginxAccess? Access { get; } = NginxAccess.Read(block);

    /// <summary>The endpoint that it listens on by one of its addresses.</summary>
    public L4Endpoint Endpoint(NginxListen listen)
    {
        var (preread, header) = (block.Duration("preread_timeout") ?? s_preread, block.Duration("proxy_protocol_timeout") ?? s_preread);
        var bytes = block.Size("preread_buffer_size");
        var waits = Prereads ? preread : header;
        return listen.Socket with
        {
            Url = listen.Url,
            PrefaceTimeout = (Prereads || listen.HasProxyHeader) && !listen.IsUdp ? waits > s_maxPreface ? s_maxPreface : waits : null,
            MaxPrefaceBytes = bytes is null ? null : (int)Math.Clamp(bytes.Value, 64, 65_536),
            ProxyProtocol = ProxyHeader(listen),
        };
    }

    private static IReadOnlyList<NginxName> NamesOf(string text, NginxBlock block)
    {
        var names = NginxName.Read(text, hasWildcards: true);
        if (names.Count == 0 && text.Length > 0)
            block.Lost("server_name", $"No name in L4Proxy is like '{text}'.");
        return names;
    }

    private L4ProxyProtocolIn? ProxyHeader(NginxListen listen)
    {
        var trusted = block.All("set_real_ip_from").Select(directive => directive.First).ToList();
        if (!listen.HasProxyHeader)
            return null;
        foreach (var text in trusted.Where(text => text != "unix:" && !SourceRange.TryRead(text, out _, out _)))
            block.Lost("set_real_ip_from", $"'{text}' is no address and no block of them.");
        List<string> ranges = [.. trusted.Select(text => text == "unix:" ? text : SourceRange.TryRead(text, out var range, out _) ? range : null).OfType<string>()];
        if (trusted.Count == 0 && AsksForClient())
            block.Lost("listen", "nginx reads the header and goes by the address that connects, as long as there is no 'set_real_ip_from'; L4Proxy goes by the client that the header names. "
                + "Say in 'ProxyProtocol:Trusted' who may send it.");
        return new() { Mode = L4ProxyProtocolMode.Required, Trusted = trusted.Count == 0 ? s_everyone : ranges.Count > 0 ? ranges : null };
    }

    private bool AsksForClient() => Access is not { Firewall: null, Refused.Count: 0 } || block.All("limit_conn").Count > 0 || block.IsOn("proxy_protocol");
}
