using L4Proxy.Prefaces;

namespace L4Proxy.Routing.Conditions;

/// <summary>An application protocol that the client offers.</summary>
internal sealed class AlpnCondition(IReadOnlyList<string> wanted) : HelloCondition
{
    private readonly string[] _wanted = [.. wanted];

    public override bool IsImpliedBy(Condition other) => ((AlpnCondition)other)._wanted.All(protocol => _wanted.Contains(protocol));

    protected override bool Holds(ClientHello hello)
    {
        // Indexed: a foreach over the interface would allocate for every connection.
        for (var i = 0; i < hello.Alpn.Count; i++)
        {
            if (_wanted.Contains(hello.Alpn[i]))
                return true;
        }

        return false;
    }
}
