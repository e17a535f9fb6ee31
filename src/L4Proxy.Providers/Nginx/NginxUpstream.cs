using System.Globalization;
using L4Proxy.Configuration;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Nginx;

/// <summary>An <c>upstream</c>: the destinations of a cluster, how one is picked, and which failures count.</summary>
internal sealed class NginxUpstream
{
    private static readonly TimeSpan s_failTimeout = TimeSpan.FromSeconds(10);

    private readonly NginxBlock _block;
    private readonly Dictionary<string, L4Destination> _destinations = [];
    private readonly List<(int MaxFails, TimeSpan Timeout)> _failures = [];
    private bool _resolves;

    private NginxUpstream(NginxBlock block) => _block = block;

    /// <summary>What is the cluster's of it; null where it leads nowhere, which is said.</summary>
    public L4Cluster? Cluster { get; private set; }

    /// <summary>How many there are to be tried.</summary>
    public int Count => _destinations.Count;

    /// <summary>Reads one.</summary>
    public static NginxUpstream Read(NginxDirective directive, NginxBlock stream, ImportNotes notes)
    {
        var block = new NginxBlock($"{stream.Path}.upstream {directive.First}[line {directive.Line}]", directive.Children ?? [], around: null, notes);
        var upstream = new NginxUpstream(block);
        upstream.ReadServers();
        upstream.Cluster = upstream.ReadCluster(stream);
        block.Rest(NginxLeftOut.OfUpstream);
        return upstream;
    }

    private void ReadServers()
    {
        var servers = _block.Own("server");
        var digits = servers.Count.ToString(CultureInfo.InvariantCulture).Length;
        foreach (var server in servers)
        {
            if (!NginxAddress.TryDial(server.First, out var address))
            {
                _block.Lost("server", $"'{server.First}' is no address with a port, nor 'unix:/path'.");
                continue;
            }
            var failures = (MaxFails: 1, Timeout: s_failTimeout);
            var destination = server.Arguments.Skip(1).Aggregate(new L4Destination { Address = address }, (known, flag) => With(known, flag, ref failures));
            _failures.Add(failures);
            _destinations.Add($"d{(_destinations.Count + 1).ToString($"D{digits}", CultureInfo.InvariantCulture)}", destination);
        }
    }

    private L4Destination With(L4Destination destination, string flag, ref (int MaxFails, TimeSpan Timeout) failures)
    {
        var (name, value) = flag.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals ? (flag[..equals], flag[(equals + 1)..]) : (flag, "");
        switch (name)
        {
            case "backup":
                return destination with { Backup = true };
            case "down":
                return destination with { Enabled = false };
            case "weight" when NginxUnits.TryNumber(value, out var weight) && weight is > 0 and <= 1000:
                return destination with { Weight = weight };
            case "max_conns" when NginxUnits.TryNumber(value, out var most) && most <= 10_000_000:
                return destination with { MaxConnections = most == 0 ? null : most };
            case "max_fails" when NginxUnits.TryNumber(value, out var fails) && fails <= 1000:
                failures.MaxFails = fails;
                return destination;
            case "fail_timeout" when NginxUnits.TryDuration(value, out var timeout):
                failures.Timeout = timeout;
                return destination;
            // Names are always looked up again here.
            case "resolve":
                _resolves = true;
                return destination;
            default:
                _block.Lost("server", $"Nothing in L4Proxy is like '{flag}' of '{destination.Address}'.");
                return destination;
        }
    }

    private L4Cluster? ReadCluster(NginxBlock stream)
    {
        var (policy, hashOn) = Policy();
        if (_destinations.Count == 0)
        {
            _block.Lost("server", "There is nowhere to go: what leads here is not carried over.");
            return null;
        }
        var isOne = _destinations.Count == 1;
        return new()
        {
            Destinations = _destinations,
            LoadBalancingPolicy = isOne ? null : policy,
            HashOn = isOne ? null : hashOn,
            HealthCheck = isOne ? null : Passive(),
            Dns = _resolves ? NginxResolver.Read(_block.One("resolver") is null ? stream : _block) : null,
        };
    }

    private (string Policy, L4HashOn? HashOn) Policy()
    {
        if (_block.One("hash") is { } hash)
            return ("Hash", HashOn(hash));
        if (_block.One("least_conn") is not null)
            return ("LeastConnections", null);
        if (_block.One("random") is not { } random)
            return ("RoundRobin", null);
        if (random.Arguments.Count > 1 && random.Arguments[1] != "least_conn")
            _block.Lost("random", $"L4Proxy takes of two the one with fewer connections, and not as '{random.Arguments[1]}' does.");
        return (random.First == "two" ? "PowerOfTwoChoices" : "Random", null);
    }

    private L4HashOn? HashOn(NginxDirective hash)
    {
        switch (hash.First)
        {
            case "$remote_addr" or "$binary_remote_addr":
                return null;
            case "$remote_addr$remote_port" or "$remote_addr:$remote_port" or "$binary_remote_addr$remote_port":
                return L4HashOn.SourceIpPort;
            case "$ssl_preread_server_name" or "$ssl_server_name":
                return L4HashOn.Sni;
            default:
                _block.Lost("hash", $"L4Proxy hashes the client's address, with or without its port, or the server name, and not '{hash.First}': its address is taken.");
                return null;
        }
    }

    private L4HealthCheck Passive()
    {
        if (_failures.Distinct().Count() > 1)
            _block.Lost("server", "The servers differ in 'max_fails' or 'fail_timeout', and in L4Proxy both are the cluster's: the first server's are taken.");
        var (fails, timeout) = _failures[0];
        timeout = timeout > TimeSpan.FromDays(1) ? TimeSpan.FromDays(1) : timeout;
        return new()
        {
            Passive = fails == 0 || timeout == TimeSpan.Zero
                ? new() { Enabled = false }
                : new() { MaxFails = fails, Window = timeout, EjectionTime = timeout, MaxEjectionPercent = 100 },
        };
    }
}
