using System.Diagnostics.CodeAnalysis;

namespace L4Proxy.Kestrel;

/// <summary>The proxy as Kestrel's ports see it: whether a connection is its business at the moment.</summary>
internal interface IL4ConnectionGate
{
    /// <summary>Called before a listener opens: from here on the questions below can be answered.</summary>
    /// <exception cref="Configuration.L4ConfigException">There is no usable configuration.</exception>
    void Open();

    /// <summary>Completes once there is room for one more connection of this listener; at once where there is.</summary>
    ValueTask WaitForRoomAsync(KestrelListener listener, CancellationToken closing);

    /// <summary>Whether the current configuration has an endpoint on this listener. Asked for every connection: it neither waits nor allocates.</summary>
    bool TryClaim(KestrelListener listener, [NotNullWhen(true)] out IL4Claim? claim);

    /// <summary>The same for a connection that the code has given to an endpoint.</summary>
    bool TryClaim(string endpointId, [NotNullWhen(true)] out IL4Claim? claim);
}
