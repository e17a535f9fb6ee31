using System.Net;

namespace L4Proxy.Routing.Conditions;

/// <summary>The address that was connected to.</summary>
internal sealed class LocalAddressCondition(IReadOnlyList<string> texts) : AddressCondition(texts)
{
    protected override IPAddress? AddressOf(in ConnectionFacts facts) => facts.LocalAddress;
}
