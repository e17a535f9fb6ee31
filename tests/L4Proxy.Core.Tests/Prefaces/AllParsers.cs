using L4Proxy.Prefaces;

namespace L4Proxy.Core.Tests.Prefaces;

/// <summary>A look with every parser there is.</summary>
internal static class AllParsers
{
    /// <summary>Those that a stream may be of.</summary>
    public static ProtocolSet Set { get; } = Those(parser => parser.IsOfStreams);

    /// <summary>Those that a datagram may be of.</summary>
    public static ProtocolSet Datagrams { get; } = Those(parser => parser.IsOfDatagrams);

    public static PrefaceInfo Inspect(ReadOnlySpan<byte> bytes) => PrefaceInspector.Inspect(bytes, Set);

    public static PrefaceInfo InspectDatagram(ReadOnlySpan<byte> datagram) => PrefaceInspector.InspectDatagram(datagram, Datagrams);

    /// <summary>Those of some names, separated by blanks.</summary>
    public static ProtocolSet Named(string names) => names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Aggregate(
        default(ProtocolSet), (all, name) => PrefaceParsers.TryFind(name, out var parser) ? all | ProtocolSet.Of(parser) : throw new ArgumentException(name));

    private static ProtocolSet Those(Func<PrefaceParser, bool> choose) =>
        PrefaceParsers.All.Where(choose).Aggregate(default(ProtocolSet), (all, parser) => all | ProtocolSet.Of(parser));
}
