using L4Proxy.Configuration;
using L4Proxy.Prefaces;

namespace L4Proxy.Routing.Conditions;

/// <summary>What an SSH client says it is.</summary>
internal sealed class SshCondition(L4SshMatch match) : ContentCondition<SshIdentification>(PrefaceParsers.Ssh)
{
    private readonly TextGlobs? _software = TextGlobs.Read(match.Software);

    public override bool IsImpliedBy(Condition other) => TextGlobs.Imply(((SshCondition)other)._software, _software);

    protected override bool Holds(SshIdentification content) => _software?.Matches(content.Software) != false;

    protected override string Describe(SshIdentification content) => content.Software;
}
