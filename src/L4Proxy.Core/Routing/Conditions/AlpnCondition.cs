using L4Proxy.Prefaces;

namespace L4Proxy.Routing.Conditions;

/// <summary>An application protocol that the client offers.</summary>
internal sealed class AlpnCondition(IReadOnlyList<string> wanted) : ContentCondition<ClientHello>(PrefaceParsers.WithClientHello)
{
    private readonly string[] _wanted = [.. wanted];

    public override bool IsImpliedBy(Condition other) => ((AlpnCondition)other)._wanted.All(protocol => _wanted.Contains(protocol));

    protected override bool Holds(ClientHello content)
    {
        // Indexed: a foreach over the interface would allocate for every connection.
        for (var i = 0; i < content.Alpn.Count; i++)
        {
            if (_wanted.Contains(content.Alpn[i]))
                return true;
        }

        return false;
    }

    protected override string Describe(ClientHello content) => content.Alpn.Count == 0 ? "none" : string.Join(' ', content.Alpn);
}
