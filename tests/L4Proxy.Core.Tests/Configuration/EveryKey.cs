using System.Globalization;
using System.Text.Json.Nodes;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Shapes;

namespace L4Proxy.Core.Tests.Configuration;

/// <summary>Writes a configuration in which every key of every record is given, each with another value where there are enough.</summary>
internal sealed class EveryKey(int start)
{
    private int _count = start;

    public static string Write(int start = 0) => new EveryKey(start).Node(L4Config.Keys.Shape, matches: 0).ToJsonString();

    private JsonNode Node(ConfigShape shape, int matches) => shape switch
    {
        RecordShape record => new JsonObject(record.Keys
            .Where(key => !IsMatch(key.Shape) || matches < 2)
            .Select(key => KeyValuePair.Create<string, JsonNode?>(key.Name, Node(key.Shape, matches + (IsMatch(key.Shape) ? 1 : 0))))),
        MapShape map => new JsonObject { [$"id{_count++}"] = Node(map.Element, matches) },
        ListShape list => new JsonArray(Node(list.Element, matches), Node(list.Element, matches)),
        BooleanShape => _count++ % 2 == 0,
        NumberShape<int> => _count++,
        NumberShape<long> => 7_000_000_000 + _count++,
        NumberShape<double> => 0.5 + _count++,
        DurationShape => DurationShape.Format(TimeSpan.FromMilliseconds(_count++)),
        TimeOfDayShape => new TimeOnly(_count++).ToString("HH:mm:ss", CultureInfo.InvariantCulture),
        NameShape name => name.Names[_count++ % name.Names.Count],
        _ => $"text {_count++}",
    };

    private static bool IsMatch(ConfigShape shape) => shape == L4Match.Keys.Shape || (shape is ListShape list && list.Element == L4Match.Keys.Shape);
}
