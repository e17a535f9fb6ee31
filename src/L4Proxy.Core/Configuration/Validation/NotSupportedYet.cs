using System.Collections;
using System.Runtime.CompilerServices;
using L4Proxy.Configuration.Reading;
using L4Proxy.Configuration.Shapes;

namespace L4Proxy.Configuration.Validation;

/// <summary>
/// What the configuration has and the proxy does not do yet: keys say it themselves (<see cref="ConfigKey.NotYet"/>), names in texts are
/// listed here. Given, it is an error and not ignored: a limit or a header that silently is not there is worse than none.
/// </summary>
internal static class NotSupportedYet
{
    /// <summary>The protocol whose server speaks first.</summary>
    public const string ServerFirst = "mysql";

    private const string Message = "This is not supported yet.";

    /// <summary>Schemes of an endpoint's <c>Url</c>.</summary>
    public static IReadOnlyList<EndpointScheme> Schemes { get; } = [EndpointScheme.Fd];

    /// <summary>Protocols of a match.</summary>
    public static IReadOnlyList<string> Protocols { get; } =
    [
        ServerFirst,
    ];

    /// <summary>Reports each value that is given and not supported.</summary>
    public static void Check(L4Config config, ConfigPath path, Findings findings) =>
        Look(L4Config.Keys.Shape, config, path, findings);

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
                    if (!key.NotYet)
                        Look(key.Shape, below, path[key.Name], findings);
                    else if (key.IsRefused(below) && !Report(key.Shape, below, path[key.Name], findings) && key.SaysSomethingEmpty)
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
            case ListShape { Element: RecordShape member }:
                var index = 0;
                foreach (var item in (IEnumerable)value)
                {
                    if (item is not null)
                        Look(member, item, path[index], findings);
                    index++;
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
}
