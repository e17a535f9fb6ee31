using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;

namespace L4Proxy.Providers.Docker;

/// <summary>Labels of L4Proxy's own form: <c>l4proxy.ROUTE.listen</c>, <c>.port</c>, <c>.sni</c> and so on.</summary>
internal sealed class NativeLabels(DockerContainer container, DockerHosts hosts, DockerNotes notes)
{
    /// <summary>What they begin with.</summary>
    public const string Prefix = "l4proxy.";

    private static readonly string[] s_keys =
    [
        "listen", "endpoints", "port", "sni", "sniregex", "alpn", "protocols", "clientaddresses", "order", "tls", "network", "weight", "cluster", "proxyprotocol",
        "loadbalancingpolicy",
    ];

    private static readonly string[] s_policies = ["PowerOfTwoChoices", "RoundRobin", "LeastConnections", "Random", "First", "Hash", "Maglev"];

    // Where the configuration says what a label said.
    private static readonly (string Key, string Label)[] s_configured =
    [
        ("SniRegex", "sniregex"), ("Sni", "sni"), ("Alpn", "alpn"), ("Protocols", "protocols"), ("ClientAddresses", "clientaddresses"), ("Order", "order"), ("Tls", "tls"),
        ("Certificate", "tls"), ("Certificates", "tls"), ("Weight", "weight"), ("ProxyProtocol", "proxyprotocol"), ("LoadBalancingPolicy", "loadbalancingpolicy"), ("Destinations", "port"), ("Url", "listen"),
        ("Endpoints", "endpoints"),
    ];

    /// <summary>The routes of the container.</summary>
    public List<DockerRoute> Read()
    {
        var routes = new SortedDictionary<string, NativeLabelRoute>(StringComparer.Ordinal);
        foreach (var (label, value) in container.Labels.OrderBy(label => label.Key, StringComparer.Ordinal))
        {
            if (!label.StartsWith(Prefix, StringComparison.Ordinal) || label == $"{Prefix}enable")
                continue;
            var dot = label.LastIndexOf('.');
            if (dot < Prefix.Length)
            {
                notes.Lost(label, $"It should be '{Prefix}enable', or '{Prefix}ROUTE.KEY' as in '{Prefix}mqtt.listen'.");
                continue;
            }
            var name = label[Prefix.Length..dot];
            if (!routes.TryGetValue(name, out var route))
                routes.Add(name, route = new($"{Prefix}{name}", name));
            route.Labels[label[(dot + 1)..]] = value;
        }
        return [.. routes.Values.Select(Read).OfType<DockerRoute>()];
    }

    private DockerRoute? Read(NativeLabelRoute labels)
    {
        var before = notes.ErrorCount;
        // A key that is misspelt may be a condition: without it the route would take what is not its own.
        foreach (var key in labels.Labels.Keys.Where(key => !s_keys.Contains(key, StringComparer.OrdinalIgnoreCase)))
            notes.Lost($"{labels.Label}.{key}", $"There is no such label{NearestName.Hint(key, s_keys)}");
        var reader = new NativeLabelValues(labels, notes);
        var route = RouteOf(reader);
        var settings = new L4Cluster
        {
            ProxyProtocol = reader.Name<L4ProxyProtocolVersion>("proxyprotocol") is { } version ? new() { Version = version } : null,
            LoadBalancingPolicy = reader.OneOf("loadbalancingpolicy", s_policies),
        };
        var (listen, endpoints, isUdp) = Listen(labels, reader);
        var destination = Destination(labels, reader, ref isUdp);
        var cluster = reader.Text("cluster") is { } shared ? new DockerCluster("", shared) : DockerCluster.Of(container, labels.Name);
        if (destination is null || notes.ErrorCount > before)
            return null;
        return new()
        {
            Container = container, Label = labels.Label, LabelOf = s_configured.ToDictionary(item => item.Key, item => $"{labels.Label}.{item.Label}"),
            Name = cluster.Owner.Length == 0 ? $"{cluster.Name}-{labels.Name}" : cluster.Id, Cluster = cluster, Listen = listen, Endpoints = endpoints, IsUdp = isUdp, Route = route, Settings = settings,
            Destinations = [destination],
        };
    }

    private static L4Route RouteOf(NativeLabelValues reader)
    {
        var match = new L4Match
        {
            Sni = reader.List("sni"), SniRegex = reader.Text("sniregex") is { } pattern ? [pattern] : null, Alpn = reader.List("alpn"), Protocols = reader.List("protocols"),
            ClientAddresses = reader.List("clientaddresses"),
        };
        return new() { Match = match == new L4Match() ? null : match, Order = reader.Number("order"), Tls = reader.Name<L4RouteTls>("tls") };
    }

    private (List<string> Listen, List<string> Endpoints, bool IsUdp) Listen(NativeLabelRoute labels, NativeLabelValues reader)
    {
        var endpoints = reader.List("endpoints") ?? [];
        if (labels.Text("listen") is not { } text)
        {
            if (endpoints.Count == 0)
                notes.Lost($"{labels.Label}.listen", $"What is listened on is missing, as in ':1883', and so is an endpoint in '{labels.Label}.endpoints'.");
            return ([], endpoints, false);
        }
        var listen = ListenAddress.Read(text, out var isUdp, out var error);
        if (error is not null)
            notes.Lost($"{labels.Label}.listen", error);
        else if (endpoints.Count > 0)
            notes.Lost($"{labels.Label}.listen", $"It is either this or '{labels.Label}.endpoints'.");
        return (listen, endpoints, isUdp);
    }

    private L4Destination? Destination(NativeLabelRoute labels, NativeLabelValues reader, ref bool isUdp)
    {
        var (port, network) = (labels.Text("port"), reader.Text("network"));
        // Of an endpoint that is only named nobody knows here what it is.
        if (labels.Text("listen") is null && port?.EndsWith("/udp", StringComparison.OrdinalIgnoreCase) == true)
            isUdp = true;
        if (port?.EndsWith(isUdp ? "/udp" : "/tcp", StringComparison.OrdinalIgnoreCase) == true)
            port = port[..^4];
        var label = $"{labels.Label}.port";
        if (DockerPorts.Find(container, isUdp, port?.Trim(), out var error) is not { } number)
            notes.Lost(label, error!);
        else if (!container.IsReady)
            notes.LeftOut(label, DockerPorts.NotReady(container));
        else if (hosts.TryFind(container, number, isUdp, network, out var address, out error))
            return new() { Address = address, Weight = reader.Number("weight") };
        else
            notes.Lost(network is null ? label : $"{labels.Label}.network", error);
        return null;
    }
}
