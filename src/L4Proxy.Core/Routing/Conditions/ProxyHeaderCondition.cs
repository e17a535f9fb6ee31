using System.Globalization;
using L4Proxy.Configuration;
using L4Proxy.ProxyProtocol;

namespace L4Proxy.Routing.Conditions;

/// <summary>What the PROXY header of the connection says; without one it does not hold.</summary>
internal sealed class ProxyHeaderCondition : Condition
{
    private readonly TextGlobs? _authority;
    private readonly Dictionary<byte, TextGlobs> _tlvs;

    /// <summary>Compiles what the validator has accepted.</summary>
    /// <exception cref="ArgumentException">The type of a TLV has no valid form.</exception>
    public ProxyHeaderCondition(L4ProxyProtocolMatch match)
    {
        _authority = TextGlobs.Read(match.Authority);
        _tlvs = (match.Tlvs ?? new Dictionary<string, IReadOnlyList<string>>()).ToDictionary(tlv => TypeOf(tlv.Key), tlv => TextGlobs.Read(tlv.Value)!);
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
        return TextGlobs.Imply(authority, _authority)
            && _tlvs.All(tlv => tlvs.TryGetValue(tlv.Key, out var fewer) && TextGlobs.Imply(fewer, tlv.Value));
    }

    public override string Describe(in ConnectionFacts facts) => facts.ProxyHeader is not { } header ? "no header"
        : $"{(header.Authority is { } authority ? $"authority {authority}" : "no authority")}, TLVs {string.Join(' ', header.Tlvs.Select(tlv => $"0x{tlv.Type:X2}"))}";

    private bool Matches(ProxyHeader? header)
    {
        if (header is null || (_authority is not null && !(header.Authority is { } authority && _authority.Matches(authority))))
            return false;
        foreach (var (type, values) in _tlvs)
        {
            if (!HasAny(header, type, values))
                return false;
        }
        return true;
    }

    private static bool HasAny(ProxyHeader header, byte type, TextGlobs values)
    {
        foreach (var tlv in header.Tlvs)
        {
            if (tlv.Type == type && values.Matches(tlv.Value.Span))
                return true;
        }
        return false;
    }

    private static byte TypeOf(string text) =>
        TryParseType(text, out var type) ? type : throw new ArgumentException($"'{text}' is not the type of a TLV.", nameof(text));
}
