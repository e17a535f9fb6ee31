using System.Globalization;
using System.Numerics;
using L4Proxy.Configuration;
using L4Proxy.ProxyProtocol;

namespace L4Proxy.Routing.Conditions;

/// <summary>What the PROXY header of the connection says; without one it does not hold.</summary>
internal sealed class ProxyHeaderCondition : Condition
{
    private readonly TextGlob[]? _authority;
    private readonly Dictionary<byte, TextGlob[]> _tlvs;

    /// <summary>Compiles what the validator has accepted.</summary>
    /// <exception cref="ArgumentException">The type of a TLV has no valid form.</exception>
    public ProxyHeaderCondition(L4ProxyProtocolMatch match)
    {
        _authority = match.Authority is { } authority ? Read(authority) : null;
        _tlvs = (match.Tlvs ?? new Dictionary<string, IReadOnlyList<string>>()).ToDictionary(tlv => TypeOf(tlv.Key), tlv => Read(tlv.Value));
    }

    /// <summary>Reads <c>0x00</c> to <c>0xFF</c>.</summary>
    public static bool TryParseType(string text, out byte type)
    {
        type = 0;
        return text.Length == 4 && text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            && byte.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out type);
    }

    public override ConditionResult Evaluate(in ConnectionFacts facts) => Matches(facts.ProxyHeader) ? ConditionResult.True : ConditionResult.False;

    public override bool IsImpliedBy(Condition other)
    {
        var (authority, tlvs) = (((ProxyHeaderCondition)other)._authority, ((ProxyHeaderCondition)other)._tlvs);
        return (_authority is null || (authority is not null && IsWithin(authority, _authority)))
            && _tlvs.All(tlv => tlvs.TryGetValue(tlv.Key, out var fewer) && IsWithin(fewer, tlv.Value));
    }

    private bool Matches(ProxyHeader? header)
    {
        if (header is null || (_authority is not null && !(header.Authority is { } authority && Any(_authority, authority.AsSpan()))))
            return false;
        foreach (var (type, values) in _tlvs)
        {
            if (!HasAny(header, type, values))
                return false;
        }
        return true;
    }


    private static bool HasAny(ProxyHeader header, byte type, TextGlob[] values)
    {
        foreach (var tlv in header.Tlvs)
        {
            if (tlv.Type == type && Any(values, tlv.Value.Span))
                return true;
        }
        return false;
    }

    private static bool Any<T>(TextGlob[] globs, ReadOnlySpan<T> text)
        where T : IBinaryInteger<T>
    {
        foreach (var glob in globs)
        {
            if (glob.Matches(text))
                return true;
        }
        return false;
    }

    private static bool IsWithin(TextGlob[] fewer, TextGlob[] more) =>
        fewer.All(one => more.Any(other => other.ToString() == one.ToString()));

    private static TextGlob[] Read(IReadOnlyList<string> texts) => [.. texts.Select(text => new TextGlob(text))];

    private static byte TypeOf(string text) =>
        TryParseType(text, out var type) ? type : throw new ArgumentException($"'{text}' is not the type of a TLV.", nameof(text));
}
