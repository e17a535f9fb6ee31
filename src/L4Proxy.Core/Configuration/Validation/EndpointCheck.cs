using L4Proxy.Configuration.Reading;
using L4Proxy.Configuration.Shapes;
using Keys = L4Proxy.Configuration.L4Endpoint.Keys;

namespace L4Proxy.Configuration.Validation;

/// <summary>What endpoints listen on.</summary>
internal static class EndpointCheck
{
    // More than any service is known to need (SIP and RTP: 10000).
    private const int ManyPorts = 16384;

    private static readonly ConfigKey[] s_ofSockets = [Keys.Backlog, Keys.ReusePort, Keys.KeepAlive, Keys.ReceiveBuffer, Keys.SendBuffer];
    private static readonly ConfigKey[] s_ofStreams = [Keys.Backlog, Keys.KeepAlive, Keys.PrefaceTimeout, Keys.MaxPrefaceBytes];

    /// <summary>Checks every endpoint.</summary>
    public static void Check(ConfigGraph graph, ConfigPath path, Findings findings)
    {
        foreach (var (id, endpoint) in graph.Endpoints)
        {
            CheckUrl(endpoint, graph.Urls.GetValueOrDefault(id), path[id], findings);
            CheckMode(endpoint, path[id], findings);
            if (endpoint.Url is null)
                Warn(endpoint, s_ofSockets, "It has no effect here: the socket is Kestrel's. Only an endpoint with a 'Url' has it.", path[id], findings);
            else if (graph.IsUdp(id))
                Warn(endpoint, s_ofStreams, "It has no effect here: UDP has no connections.", path[id], findings);
        }

        CheckKestrel(graph, path, findings);
        CheckOverlaps(graph, path, findings);
    }

    private static void CheckUrl(L4Endpoint endpoint, EndpointUrl? url, ConfigPath path, Findings findings)
    {
        if (endpoint.Url is not null && endpoint.Kestrel is not null)
            findings.Error(path, "An endpoint has either a 'Url' of its own or the name of a 'Kestrel' endpoint, not both.");
        if (endpoint.Kestrel?.Trim().Length == 0)
            findings.Error(path["Kestrel"], "The name of the Kestrel endpoint is empty.");
        if (url is null)
            return;
        if (NotSupportedYet.Schemes.Contains(url.Scheme))
            findings.Error(path["Url"], $"Endpoints of this kind ({url.Scheme.ToString().ToLowerInvariant()}) are not supported yet.");
        else if (url.Ports.High - url.Ports.Low >= ManyPorts)
            findings.Warning(path["Url"], $"These are {url.Ports.High - url.Ports.Low + 1} ports, each with sockets of its own; the ports that the system gives to outgoing connections may be among them.");
    }

    private static void CheckMode(L4Endpoint endpoint, ConfigPath path, Findings findings)
    {
        if (endpoint.Mode is null)
            return;
        if (!EndpointMode.TryParse(endpoint.Mode, out _))
            findings.Error(path["Mode"], $"{Quote.Text(endpoint.Mode)} is not the mode of a file: three octal digits, perhaps with a 0 before them, as in '0660'.");
        if (endpoint.Url?.StartsWith("unix:", StringComparison.OrdinalIgnoreCase) != true)
            findings.Error(path["Mode"], "Only an endpoint with 'unix:/path' has a file whose mode could be set.");
    }

    private static void Warn(L4Endpoint endpoint, ConfigKey[] keys, string warning, ConfigPath path, Findings findings)
    {
        foreach (var key in keys.Where(key => key.Get(endpoint) is not null))
            findings.Warning(path[key.Name], warning);
    }

    private static void CheckKestrel(ConfigGraph graph, ConfigPath path, Findings findings)
    {
        // IConfiguration takes keys in any case.
        var names = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (id, endpoint) in graph.Endpoints)
        {
            if (endpoint.Kestrel is { } name && !names.TryAdd(name, id))
                findings.Error(path[id]["Kestrel"], $"The endpoint '{names[name]}' is the Kestrel endpoint {Quote.Text(name)} already.");
        }
    }

    // In the order of their lowest ports, each is compared only with those that still reach its own.
    private static void CheckOverlaps(ConfigGraph graph, ConfigPath path, Findings findings)
    {
        var open = new List<KeyValuePair<string, EndpointUrl>>();
        foreach (var item in graph.Urls.OrderBy(item => item.Value.Ports.Low))
        {
            var (id, url) = item;
            open.RemoveAll(other => other.Value.Ports.High < url.Ports.Low);
            foreach (var (otherId, other) in open)
            {
                if (url.Overlaps(other))
                    findings.Error(path[id]["Url"], $"{Explain(url, other)}'{url}' and '{other}' of the endpoint '{otherId}' listen on the same address and port.");
            }

            open.Add(item);
        }
    }

    private static string Explain(EndpointUrl one, EndpointUrl other)
    {
        var (isAny, isEveryIPv6) = (one.Host == EndpointHost.Any || other.Host == EndpointHost.Any, one.IsEveryIPv6 || other.IsEveryIPv6);
        if (isAny && (isEveryIPv6 || one.IsEveryIPv4 || other.IsEveryIPv4))
            return "'*' is every address, IPv4 and IPv6: ";
        return isEveryIPv6 && !isAny ? "'[::]' is every IPv4 address as well, unless another endpoint has '0.0.0.0' on that port: " : "";
    }
}
