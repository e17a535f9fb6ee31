using L4Proxy.Prefaces;

namespace L4Proxy.Core.Tests.Prefaces;

/// <summary>A look with every parser there is.</summary>
internal static class AllParsers
{
    public static PrefaceInfo Inspect(ReadOnlySpan<byte> bytes) => PrefaceInspector.Inspect(bytes, PrefaceParsers.OfStreams);

    public static PrefaceInfo InspectDatagram(ReadOnlySpan<byte> datagram) => PrefaceInspector.InspectDatagram(datagram, PrefaceParsers.OfDatagrams);

    /// <summary>Those of some names, separated by blanks.</summary>
    public static ProtocolSet Named(string names) => names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Aggregate(
        default(ProtocolSet), (all, name) => PrefaceParsers.TryFind(name, out var parser) ? all | ProtocolSet.Of(parser) : throw new ArgumentException(name));
}
