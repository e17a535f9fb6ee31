using L4Proxy.Configuration;
using L4Proxy.Prefaces;

namespace L4Proxy.Routing.Conditions;

/// <summary>What an MQTT client says in its CONNECT.</summary>
internal sealed class MqttCondition(L4MqttMatch match) : ContentCondition<MqttConnect>(PrefaceParsers.Mqtt)
{
    private readonly TextGlobs? _clientId = TextGlobs.Read(match.ClientId);
    private readonly TextGlobs? _userName = TextGlobs.Read(match.Username);
    private readonly TextGlobs? _version = TextGlobs.Read(match.Version);

    public override bool IsImpliedBy(Condition other)
    {
        var theirs = (MqttCondition)other;
        return TextGlobs.Imply(theirs._clientId, _clientId) && TextGlobs.Imply(theirs._userName, _userName) && TextGlobs.Imply(theirs._version, _version);
    }

    protected override bool Holds(MqttConnect content) =>
        _clientId?.Matches(content.ClientId) != false
        && (_userName is null || (content.UserName is { } name && _userName.Matches(name)))
        && _version?.Matches(content.Version) != false;

    protected override string Describe(MqttConnect content) =>
        $"version {content.Version}, client {content.ClientId}, {(content.UserName is null ? "no user" : $"user {content.UserName}")}";
}
