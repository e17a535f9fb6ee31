using System.Net;

namespace L4Proxy.Routing.Conditions;

/// <summary>The real client's address.</summary>
internal sealed class ClientAddressCondition(IReadOnlyList<string> texts) : AddressCondition(texts)
{
    protected override IPAddress? AddressOf(in ConnectionFacts facts) => facts.ClientAddress;
}
