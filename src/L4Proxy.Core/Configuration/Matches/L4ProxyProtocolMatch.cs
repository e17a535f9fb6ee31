using L4Proxy.Configuration.Shapes;
using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Configuration;

/// <summary>
/// A PROXY header that the connection came with: lists are OR, fields are AND. <c>*</c> anywhere in a text stands for any
/// characters. An empty object asks for a header, whatever it says; without one nothing here holds.
/// </summary>
public sealed record L4ProxyProtocolMatch
{
    /// <summary>Host names that the client asked for, as the sender says (<c>PP2_TYPE_AUTHORITY</c>), compared ordinally.</summary>
    public IReadOnlyList<string>? Authority { get; init; }

    /// <summary>
    /// Values by their types, as <c>0xEA</c>, each of which must be there. Bytes are compared as Latin-1: behind the byte
    /// that Amazon puts in front of it, the id of a VPC endpoint is <c>*vpce-08d2bf15fac5001c9</c>.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Tlvs { get; init; }

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new L4ProxyProtocolMatch());

        public static readonly Key<L4ProxyProtocolMatch, IReadOnlyList<string>> Authority = new(Shape, MatchTexts, r => r.Authority, (r, v) => r with { Authority = v });
        public static readonly Key<L4ProxyProtocolMatch, IReadOnlyDictionary<string, IReadOnlyList<string>>> Tlvs = new(
            Shape, new MapShape<IReadOnlyList<string>>(MatchTexts), r => r.Tlvs, (r, v) => r with { Tlvs = v });
    }
}
