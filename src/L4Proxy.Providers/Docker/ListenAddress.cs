using L4Proxy.Configuration;
using L4Proxy.Providers.Caddy;

namespace L4Proxy.Providers.Docker;

/// <summary>What a label says is listened on: <c>tcp://*:1883</c>, <c>:1883</c>, <c>udp/:53</c>, or several of one kind.</summary>
internal static class ListenAddress
{
    private static readonly char[] s_separators = [' ', ',', '\t', '\n', '\r'];

    /// <summary>Reads them, as the <c>Url</c> of endpoints.</summary>
    public static List<string> Read(string text, out bool isUdp, out string? error)
    {
        (isUdp, error) = (false, null);
        var urls = new List<string>();
        foreach (var one in text.Split(s_separators, StringSplitOptions.RemoveEmptyEntries))
        {
            if (!TryRead(one, out var url, out var isUdpToo, out error))
            {
                error = $"'{one}': {error}";
                return urls;
            }
            if (urls.Count > 0 && isUdp != isUdpToo)
                error = "Streams and datagrams are of different routes: write a route for each.";
            isUdp = isUdpToo;
            urls.Add(url);
        }
        if (urls.Count == 0)
            error = "What is to be listened on is missing, as in ':1883' or 'udp/:53'.";
        return urls;
    }

    private static bool TryRead(string text, out string url, out bool isUdp, out string? error)
    {
        url = text;
        isUdp = false;
        error = null;
        if (!text.Contains("://", StringComparison.Ordinal) && !CaddyAddress.TryParseListen(text, static _ => null, out url!, out error))
            return false;
        if (!EndpointUrl.TryParse(url, out var endpoint, out error))
            return false;
        isUdp = endpoint.IsUdp;
        // A path or a descriptor of this machine is nothing that a container may choose, and a certificate nothing that a label may bring.
        if (endpoint.Scheme is not (EndpointScheme.Tcp or EndpointScheme.Udp))
            error = "A label listens on 'tcp' or 'udp'; name an endpoint for anything else.";
        return error is null;
    }
}
