using L4Proxy.Configuration;
using L4Proxy.Prefaces;

namespace L4Proxy.Routing.Conditions;

/// <summary>What a DNS client asks for. Names are compared as DNS does, in any case: resolvers mix it on purpose.</summary>
internal sealed class DnsCondition(L4DnsMatch match) : ContentCondition<DnsQuery>(PrefaceParsers.Dns)
{
    private readonly TextGlobs? _names = TextGlobs.Read(match.Names?.Select(DnsName.Normalise).ToList());
    private readonly TextGlobs? _types = TextGlobs.Read(match.Types?.Select(DnsTypes.Normalise).ToList());

    public override bool IsImpliedBy(Condition other)
    {
        var theirs = (DnsCondition)other;
        return TextGlobs.Imply(theirs._names, _names) && TextGlobs.Imply(theirs._types, _types);
    }

    protected override bool Holds(DnsQuery content) => _names?.Matches(content.Name) != false && _types?.Matches(content.Type) != false;

    protected override string Describe(DnsQuery content) => $"{content.Name} {content.Type}";
}
