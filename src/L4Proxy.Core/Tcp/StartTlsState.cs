using L4Proxy.StartTls;

namespace L4Proxy.Tcp;

/// <summary>What a client and this side have said in plaintext before TLS. It was taken off the first bytes and counts nowhere.</summary>
internal sealed class StartTlsState(StartTlsProtocol protocol)
{
    private bool _hasAskedForTls;
    private int _others;

    public StartTlsProtocol Protocol => protocol;

    /// <summary>What the client has said of it: nobody sends it on, and it stays what came first.</summary>
    public ReadOnlyMemory<byte> Said { get; private set; }

    /// <summary>Whether the client was told to go on in TLS.</summary>
    public bool IsAgreed { get; set; }

    /// <summary>Whether it may still be: it was not refused.</summary>
    public bool MayAgree => !_hasAskedForTls;

    public void Add(ReadOnlySpan<byte> said) => Said = (byte[])[.. Said.Span, .. said];

    /// <summary>TLS is asked for once, and other things not for ever.</summary>
    /// <returns>Whether it may still be asked.</returns>
    public bool TryAsk(StartTlsAsk ask)
    {
        if (ask != StartTlsAsk.Tls)
            return ++_others <= protocol.MostOther;
        var isFirst = !_hasAskedForTls;
        _hasAskedForTls = true;
        return isFirst;
    }
}
