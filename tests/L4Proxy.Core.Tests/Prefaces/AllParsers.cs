using L4Proxy.Prefaces;

namespace L4Proxy.Core.Tests.Prefaces;

/// <summary>A look with every parser there is.</summary>
internal static class AllParsers
{
    public static ProtocolSet Set { get; } = PrefaceParsers.All.Aggregate(default(ProtocolSet), (all, parser) => all | ProtocolSet.Of(parser));

    public static PrefaceInfo Inspect(ReadOnlySpan<byte> bytes) => PrefaceInspector.Inspect(bytes, Set);

    /// <summary>Those of some names, separated by blanks.</summary>
    public static ProtocolSet Named(string names) => names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Aggregate(
        default(ProtocolSet), (all, name) => PrefaceParsers.TryFind(name, out var parser) ? all | ProtocolSet.Of(parser) : throw new ArgumentException(name));
}
