using L4Proxy.Configuration;

namespace L4Proxy.Providers.HaProxy;

/// <summary><c>option httpchk</c> and <c>http-check</c>: a request, and what is awaited of its answer.</summary>
internal static class HaProxyHttpCheck
{
    /// <summary>Puts it into a probe; what a probe cannot do is said.</summary>
    public static L4ActiveHealthCheck Read(HaProxyBlock block, HaProxyLine option, L4ActiveHealthCheck check)
    {
        var (method, path) = option.Words.Count > 3 ? (option[2], option[3]) : ("OPTIONS", option.Words.Count > 2 ? option[2] : "/");
        var isHost = option.Words.Count > 5;
        foreach (var line in block.All("http-check"))
        {
            if (line[1] == "send")
                isHost |= Send(line, ref method, ref path);
            else if (line[1] == "expect" && line[2] == "string" && line.Words.Count == 4 && line[3].Length < 100)
                check = check with { Expect = line[3].Replace(@"\", @"\\", StringComparison.Ordinal) };
            else if (line[1] != "expect" || line[2] != "status" || line[3] is not ("200-399" or "2xx" or "3xx"))
                block.Lost(line, "A probe of L4Proxy takes the status 200 to 399, and looks for one text: this is not done.");
        }
        if (method != "GET")
            block.Lost(option, $"A probe of L4Proxy sends GET, and not {method}.");
        if (isHost)
            block.Lost(option, "The headers of the request are not carried over: its 'Host' is 'HealthCheck:Active:ServerName' here.");
        if (!path.StartsWith('/') || path.AsSpan().ContainsAnyExceptInRange('!', '~') || path.Length > 1000)
        {
            block.Lost(option, $"'{path}' is no path.");
            path = "/";
        }
        return check with { Type = L4HealthCheckType.Http, Send = path };
    }

    /// <summary>Reads <c>http-check send</c>.</summary>
    /// <returns>Whether it has headers or a body.</returns>
    private static bool Send(HaProxyLine line, ref string method, ref string path)
    {
        var hasMore = false;
        for (var i = 2; i < line.Words.Count; i++)
        {
            if (line[i] == "meth")
                method = line[++i];
            else if (line[i] == "uri")
                path = line[++i];
            else if (line[i] == "ver")
                i++;
            else
                hasMore = true;
        }
        return hasMore;
    }
}
