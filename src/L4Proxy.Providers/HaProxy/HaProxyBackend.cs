using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.HaProxy;

/// <summary>A <c>backend</c>, or the second half of a <c>listen</c>: a cluster.</summary>
internal sealed class HaProxyBackend(HaProxyBlock block, IReadOnlyDictionary<string, L4Dns> resolvers)
{
    private static readonly TimeSpan s_mostConnect = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_mostIdle = TimeSpan.FromDays(24);

    private readonly List<HaProxyServer> _servers = [];
    private L4Cluster? _cluster;
    private bool _isRead;

    public HaProxyBlock Block => block;

    /// <summary>Its cluster; null where it leads nowhere or would let in whom it refuses, which is said.</summary>
    public L4Cluster? Cluster
    {
        get
        {
            if (!_isRead)
                _cluster = Read();
            _isRead = true;
            return _cluster;
        }
    }

    /// <summary>How long connections that come from a frontend may be silent.</summary>
    public L4Timeouts Timeouts(HaProxyBlock frontend)
    {
        var idle = block.Timeout("tunnel") ?? Least(frontend.Timeout("client"), block.Timeout("server"));
        var half = Least(frontend.Timeout("client-fin"), block.Timeout("server-fin"));
        return new()
        {
            Idle = idle is null ? TimeSpan.Zero : HaProxyUnits.Clamp(idle.Value, s_mostIdle),
            // As long as for any other, where nothing is said.
            HalfClosed = half is null ? TimeSpan.Zero : HaProxyUnits.Clamp(half.Value, s_mostIdle),
        };
    }

    private static TimeSpan? Least(TimeSpan? a, TimeSpan? b) => a is null ? b : b is null || a < b ? a : b;

    private L4Cluster? Read()
    {
        ReadServers();
        foreach (var template in block.All("server-template"))
            block.Lost(template, "L4Proxy takes each address that a name has, but does not balance over them: give each a 'server' of its own.");
        foreach (var use in block.All("use-server"))
            block.Lost(use, "In L4Proxy a route chooses a cluster, and not one of its destinations: make it a backend of its own.");
        foreach (var stick in (string[])["stick-table", "stick"])
        {
            foreach (var line in block.All(stick))
                block.Lost(line, "L4Proxy keeps no table of clients: 'balance source' keeps them with their server.");
        }
        if (block.Kind == "backend" && block.All("tcp-request") is [var rule, ..])
        {
            block.Lost(rule, "In L4Proxy it is routes that refuse, and not clusters: what leads here is not carried over.");
            return null;
        }
        if (_servers.Count > 0)
            return Clustered();
        block.Lost("It has no server: what leads here is not carried over.");
        return null;
    }

    private void ReadServers()
    {
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (block.One("default-server") is { } defaults)
            options = HaProxyServer.ReadOptions(defaults, 1, options, block);
        foreach (var line in block.All("server"))
        {
            if (HaProxyServer.AddressOf(line[2]) is not { } address)
                block.Lost(line, $"'{line[2]}' is no address that L4Proxy dials: 'host:port' or 'unix@/path'.");
            else if (!names.Add(line[1]))
                block.Lost(line, $"There is a server '{line[1]}' already.");
            else
                _servers.Add(new(line, line[1], address, HaProxyServer.ReadOptions(line, 3, options, block)));
        }
    }

    private L4Cluster Clustered()
    {
        var agreed = new HaProxyAgreed(block, _servers);
        var balance = HaProxyBalance.Read(block, _servers.Count);
        var connect = block.Timeout("connect") ?? s_mostConnect;
        LoseRest(agreed);
        return new()
        {
            Destinations = Destinations(isOrdered: balance.LoadBalancingPolicy == "First"),
            LoadBalancingPolicy = balance.LoadBalancingPolicy,
            HashOn = balance.HashOn,
            HashBalanceFactor = balance.HashBalanceFactor,
            HealthCheck = new HaProxyHealth(block, _servers, agreed).Read(),
            Timeouts = new() { Connect = HaProxyUnits.Clamp(connect, s_mostConnect) },
            Retry = new() { MaxAttempts = Math.Clamp((block.Number("retries") ?? 3) + 1, 1, 100) },
            Queue = _servers.Exists(server => server.Has("maxconn")) ? new() { Timeout = HaProxyUnits.Clamp(block.Timeout("queue") ?? connect, s_mostConnect), MaxLength = 1_000_000 } : null,
            SlowStart = agreed.Of("slowstart") is { } start && HaProxyUnits.TryDuration(start, out var time) && time <= TimeSpan.FromDays(1) ? time : null,
            ProxyProtocol = HaProxyServerSide.Header(agreed),
            Tls = HaProxyServerSide.Tls(agreed),
            Socket = HaProxyServerSide.Socket(block, agreed),
            Dns = agreed.Of("resolvers") is { } name ? resolvers.GetValueOrDefault(name) : null,
        };
    }

    private Dictionary<string, L4Destination> Destinations(bool isOrdered)
    {
        var destinations = new Dictionary<string, L4Destination>();
        var ids = new ImportedIds();
        foreach (var server in _servers)
        {
            // By id: the first is the first by its id, too.
            var name = isOrdered ? $"{destinations.Count + 1:D5}-{server.Name}" : server.Name;
            destinations.Add(ids.Next(name), new()
            {
                Address = server.Address,
                Weight = Number(server, "weight", 256),
                MaxConnections = Number(server, "maxconn", 10_000_000) is > 0 and var most ? most : null,
                Backup = server.Has("backup") ? true : null,
                Enabled = server.Has("disabled") && !server.Has("enabled") ? false : null,
                HealthAddress = server.Has("check") ? HealthAddress(server) : null,
            });
        }
        if (_servers.Count(server => server.Has("backup")) > 1 && block.Option("allbackups") is null)
            block.Lost(_servers.First(server => server.Has("backup")).Line, "HAProxy uses the first backup that is there, and L4Proxy balances over all of them.");
        return destinations;
    }

    private int? Number(HaProxyServer server, string option, int most)
    {
        if (server[option] is not { } text)
            return null;
        if (HaProxyUnits.TryNumber(text, out var number) && number <= most)
            return number;
        block.Lost(server.Line, $"'{option} {text}' is not from 0 to {most}.");
        return null;
    }

    private string? HealthAddress(HaProxyServer server)
    {
        var (host, port) = (server["addr"], server["port"]);
        if (host is null && port is null)
            return null;
        var colon = server.Address.LastIndexOf(':');
        var where = host is null ? server.Address[..colon] : IPAddress.TryParse(host, out var ip) && ip.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{ip}]" : host;
        var address = HaProxyServer.AddressOf($"{where}:{port ?? server.Address[(colon + 1)..]}");
        if (address is not null && !address.Contains('{', StringComparison.Ordinal) && !server.Address.StartsWith("unix:", StringComparison.Ordinal))
            return address;
        block.Lost(server.Line, "Where it is probed is no address.");
        return null;
    }

    private void LoseRest(HaProxyAgreed agreed)
    {
        agreed.LoseAll("fastinter", "downinter", "minconn", "maxqueue", "on-error", "on-marked-up", "track", "redir", "namespace", "socks4", "agent-check", "interface", "resolve-prefer",
            "resolve-net", "check-alpn", "check-via-socks4", "log-proto", "proto", "check-proto");
        // Redispatch is what L4Proxy does: the next attempt is elsewhere.
        block.Option("redispatch");
        if (_servers.Find(server => server.Has("check-send-proxy") && (server.Has("port") || server.Has("addr") || HaProxyServerSide.Header(agreed) is null)) is { } probed)
            block.Lost(probed.Line, "Probes of L4Proxy begin with the header where connections do, and never where they go to another address.");
        if (agreed.Of("on-marked-down") is not (null or "shutdown-sessions"))
            agreed.Lost("on-marked-down", "There is 'shutdown-sessions'.");
    }
}
