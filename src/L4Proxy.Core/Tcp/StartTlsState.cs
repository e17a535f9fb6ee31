using L4Proxy.StartTls;

namespace L4Proxy.Tcp;

/// <summary>What a client and this side have said in plaintext before TLS. It was taken off the first bytes and counts nowhere.</summary>
internal sealed class StartTlsState(StartTlsProtocol protocol)
{
    private bool _hasAskedForTls;
    private bool _hasAskedOther;

    public StartTlsProtocol Protocol => protocol;

    /// <summary>Whether the client was told to go on in TLS.</summary>
    public bool IsAgreed { get; set; }

    /// <summary>Whether it may still be: it was not refused.</summary>
    public bool MayAgree => !_hasAskedForTls;

    /// <summary>Each is asked once.</summary>
    /// <returns>Whether it was not asked before.</returns>
    public bool TryAsk(StartTlsAsk ask)
    {
        ref var asked = ref ask == StartTlsAsk.Tls ? ref _hasAskedForTls : ref _hasAskedOther;
        return !asked && (asked = true);
    }
}
