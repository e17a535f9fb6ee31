using System.Collections;
using System.Runtime.CompilerServices;
using L4Proxy.Configuration.Reading;
using L4Proxy.Configuration.Shapes;

namespace L4Proxy.Configuration.Validation;

/// <summary>
/// Everything that the configuration has and the proxy does not do yet. To build one is to delete its line here. Given, it is
/// an error and not ignored: a limit or a header that silently is not there is worse than none.
/// </summary>
internal static class NotSupportedYet
{
    private const string Message = "This is not supported yet.";

    // A key, and which of its values say no more than what happens anyway.
    private static readonly Dictionary<(Type Record, string Key), Func<object, bool>?> ByName = new()
    {
        [(typeof(L4Dns), nameof(L4Dns.Servers))] = null,

        [(typeof(L4Limits), nameof(L4Limits.MaxConnections))] = null,
        [(typeof(L4Limits), nameof(L4Limits.MaxConnectionsPerClient))] = null,
        [(typeof(L4Limits), nameof(L4Limits.ConnectionRate))] = null,
        [(typeof(L4Firewall), nameof(L4Firewall.AllowFile))] = null,
        [(typeof(L4Firewall), nameof(L4Firewall.DenyFile))] = null,

        [(typeof(L4Route), nameof(L4Route.Mode))] = value => value is L4RouteMode.L4,
        [(typeof(L4Route), nameof(L4Route.Limits))] = null,
        [(typeof(L4Route), nameof(L4Route.Throttle))] = null,

        [(typeof(L4Match), nameof(L4Match.Ja4))] = null,
        [(typeof(L4Match), nameof(L4Match.Host))] = null,
        [(typeof(L4Match), nameof(L4Match.Path))] = null,
        [(typeof(L4Match), nameof(L4Match.Postgres))] = null,
        [(typeof(L4Match), nameof(L4Match.Mqtt))] = null,
        [(typeof(L4Match), nameof(L4Match.Dns))] = null,
        [(typeof(L4Match), nameof(L4Match.Ssh))] = null,
        [(typeof(L4Match), nameof(L4Match.Bytes))] = null,
        [(typeof(L4Match), nameof(L4Match.Schedule))] = null,
        [(typeof(L4Match), nameof(L4Match.Not))] = null,
        [(typeof(L4Match), nameof(L4Match.AnyOf))] = null,
        [(typeof(L4Match), nameof(L4Match.Custom))] = null,

        [(typeof(L4Destination), nameof(L4Destination.MaxConnections))] = null,
        [(typeof(L4Destination), nameof(L4Destination.Backup))] = value => value is false,
        [(typeof(L4Destination), nameof(L4Destination.HealthAddress))] = null,

        [(typeof(L4Cluster), nameof(L4Cluster.HashOn))] = null,
        [(typeof(L4HealthCheck), nameof(L4HealthCheck.Active))] = value => value is L4ActiveHealthCheck { Enabled: null or false },
        [(typeof(L4HealthCheck), nameof(L4HealthCheck.Passive))] = value => value is L4PassiveHealthCheck { Enabled: false },
        [(typeof(L4Cluster), nameof(L4Cluster.Queue))] = null,
        [(typeof(L4Cluster), nameof(L4Cluster.SlowStart))] = value => value is TimeSpan { Ticks: 0 },
        [(typeof(L4Cluster), nameof(L4Cluster.Http))] = null,
        [(typeof(L4Socket), nameof(L4Socket.LocalAddresses))] = null,
        [(typeof(L4Socket), nameof(L4Socket.UserTimeout))] = null,
        [(typeof(L4Socket), nameof(L4Socket.AddressFamily))] = null,
    };

    // Elsewhere an empty object says nothing. Here it would: match only this protocol, match nothing, encrypt, wait.
    private static readonly HashSet<(Type Record, string Key)> MeaningfulWhenEmpty =
    [
        (typeof(L4Match), nameof(L4Match.Postgres)),
        (typeof(L4Match), nameof(L4Match.Mqtt)),
        (typeof(L4Match), nameof(L4Match.Dns)),
        (typeof(L4Match), nameof(L4Match.Ssh)),
        (typeof(L4Match), nameof(L4Match.Not)),
        (typeof(L4Cluster), nameof(L4Cluster.Queue)),
    ];

    private static readonly Dictionary<ConfigKey, Func<object, bool>?> ByKey = Resolve(SectionShapes.Section, []);

    /// <summary>Schemes of an endpoint's <c>Url</c>.</summary>
    public static IReadOnlyList<EndpointScheme> Schemes { get; } = [EndpointScheme.Fd];

    /// <summary>Load balancing policies.</summary>
    public static IReadOnlyList<string> LoadBalancingPolicies { get; } = ["Hash", "Maglev"];

    /// <summary>Protocols of a match.</summary>
    public static IReadOnlyList<string> Protocols { get; } =
    [
        "http2", "postgres", "mysql", "mqtt", "redis", "rdp", "socks4", "socks5", "xmpp", "smtp",
        "quic", "dns", "dtls", "stun", "wireguard", "openvpn",
    ];

    /// <summary>Every key listed here.</summary>
    public static IReadOnlyCollection<(Type Record, string Key)> All => ByName.Keys;

    /// <summary>Whether a value of a listed key says no more than what happens anyway.</summary>
    public static bool IsHarmless(Type record, string key, object value) => ByName[(record, key)]?.Invoke(value) == true;

    /// <summary>Reports each value that is given and not supported.</summary>
    public static void Check(L4Config config, ConfigPath path, Findings findings) =>
        Look(SectionShapes.Section, config, path, findings);

    // Called a million times at a cold start, before the runtime would compile it for speed.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Look(ConfigShape shape, object value, ConfigPath path, Findings findings)
    {
        switch (shape)
        {
            case RecordShape record:
                foreach (var key in record.Keys)
                {
                    if (key.Get(value) is not { } below)
                        continue;
                    if (!ByKey.TryGetValue(key, out var isHarmless))
                        Look(key.Shape, below, path[key.Name], findings);
                    else if (isHarmless?.Invoke(below) != true && !Report(key.Shape, below, path[key.Name], findings)
                        && MeaningfulWhenEmpty.Contains((record.Type, key.Name)))
                        findings.Error(path[key.Name], Message);
                }

                break;
            case MapShape map:
                foreach (var (id, item) in map.Items(value))
                {
                    if (item is not null)
                        Look(map.Element, item, path[id], findings);
                }

                break;
        }
    }

    /// <summary>Reports every single value below; false if there is none, as in an empty object.</summary>
    private static bool Report(ConfigShape shape, object value, ConfigPath path, Findings findings)
    {
        var any = false;
        switch (shape)
        {
            case RecordShape record:
                foreach (var key in record.Keys)
                    any |= key.Get(value) is { } below && Report(key.Shape, below, path[key.Name], findings);
                return any;
            case MapShape map:
                foreach (var (id, item) in map.Items(value))
                    any |= ReportEntry(map.Element, item, path[id], findings);
                return any;
            case ListShape { Element: not ScalarShape } list:
                var index = 0;
                foreach (var item in (IEnumerable)value)
                    any |= ReportEntry(list.Element, item, path[index++], findings);
                return any;
            case ListShape list when list.Count(value) == 0:
                return false;
            default:
                findings.Error(path, Message);
                return true;
        }
    }

    // An entry says something even when it is empty.
    private static bool ReportEntry(ConfigShape shape, object? value, ConfigPath path, Findings findings)
    {
        if (value is null || !Report(shape, value, path, findings))
            findings.Error(path, Message);
        return true;
    }

    private static Dictionary<ConfigKey, Func<object, bool>?> Resolve(ConfigShape shape, Dictionary<ConfigKey, Func<object, bool>?> keys)
    {
        switch (shape)
        {
            case RecordShape record:
                foreach (var key in record.Keys)
                {
                    // What is below a key that is listed is never looked up.
                    if (ByName.TryGetValue((record.Type, key.Name), out var isHarmless))
                        keys[key] = isHarmless;
                    else
                        Resolve(key.Shape, keys);
                }

                break;
            case MapShape map:
                Resolve(map.Element, keys);
                break;
        }

        return keys;
    }
}
