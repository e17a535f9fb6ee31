using L4Proxy.Configuration;
using L4Proxy.Configuration.Shapes;

namespace L4Proxy.Core.Tests.Configuration;

/// <summary>Every shape that can be reached from the section.</summary>
internal static class AllShapes
{
    public static IReadOnlyList<RecordShape> Records { get; } = Collect();

    private static List<RecordShape> Collect()
    {
        var found = new List<RecordShape>();
        Visit(L4Config.Keys.Shape, found);
        return found;
    }

    private static void Visit(ConfigShape shape, List<RecordShape> found)
    {
        if (shape is ListShape list)
            Visit(list.Element, found);
        else if (shape is MapShape map)
            Visit(map.Element, found);
        if (shape is not RecordShape record || found.Contains(record))
            return;
        found.Add(record);
        foreach (var key in record.Keys)
            Visit(key.Shape, found);
    }
}
