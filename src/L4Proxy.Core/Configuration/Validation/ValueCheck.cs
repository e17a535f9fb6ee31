using System.Collections;
using System.Runtime.CompilerServices;
using L4Proxy.Configuration.Reading;
using L4Proxy.Configuration.Shapes;

namespace L4Proxy.Configuration.Validation;

/// <summary>What can be said of each value by itself: ranges, names, ids, nulls, and lists that must not be empty.</summary>
internal static class ValueCheck
{
    /// <summary>What is wrong with an empty list where <see cref="MayNotBeEmpty"/>.</summary>
    public const string EmptyList = "An empty list would match nothing. Leave the key out to match everything.";

    private static readonly HashSet<RecordShape> Matches =
    [
        MatchShapes.Match, MatchShapes.Postgres, MatchShapes.Mqtt, MatchShapes.Dns, MatchShapes.Ssh, MatchShapes.Schedule,
        MatchShapes.ProxyProtocol,
    ];

    /// <summary>Checks every value.</summary>
    public static void Check(L4Config config, ConfigPath path, Findings findings) =>
        CheckRecord(SectionShapes.Section, config, path, findings);

    /// <summary>Whether a key with a list must be left out instead of empty.</summary>
    public static bool MayNotBeEmpty(RecordShape shape, ConfigKey key) =>
        Matches.Contains(shape) || (shape == RouteShapes.Route && key.Name == nameof(L4Route.Endpoints))
        || (shape == AdmissionShapes.Firewall && key.Name == nameof(L4Firewall.Allow))
        || (shape == EndpointShapes.Endpoint && key.Name is nameof(L4Endpoint.Certificates) or nameof(L4Endpoint.Alpn))
        || (shape == UpstreamShapes.Tls && key.Name == nameof(L4UpstreamTls.Alpn));

    // Called a million times at a cold start, before the runtime would compile it for speed.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CheckRecord(RecordShape shape, object record, ConfigPath path, Findings findings)
    {
        foreach (var key in shape.Keys)
        {
            if (key.Get(record) is not { } value)
                continue;
            CheckValue(key.Shape, value, path[key.Name], findings);
            if (key.Shape is ListShape list && list.Count(value) == 0 && MayNotBeEmpty(shape, key))
                findings.Error(path[key.Name], shape == EndpointShapes.Endpoint || shape == UpstreamShapes.Tls
                    ? "An empty list says nothing. Leave the key out."
                    : EmptyList);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CheckValue(ConfigShape shape, object? value, ConfigPath path, Findings findings)
    {
        switch (shape)
        {
            case not null when value is null:
                findings.Error(path, "There is null here; leave it out.");
                break;
            case ScalarShape scalar:
                if (!scalar.IsAllowed(value, out var error))
                    findings.Error(path, error);
                break;
            case RecordShape record:
                CheckRecord(record, value, path, findings);
                break;
            case ListShape list:
                var index = 0;
                foreach (var item in (IEnumerable)value)
                    CheckValue(list.Element, item, path[index++], findings);
                break;
            case MapShape map:
                foreach (var (id, item) in map.Items(value))
                {
                    if (map.Element is RecordShape && !ConfigId.IsValid(id))
                        findings.Error(path[id], ConfigId.Rule);
                    CheckValue(map.Element, item, path[id], findings);
                }

                break;
        }
    }
}
