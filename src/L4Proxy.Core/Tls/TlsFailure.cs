using L4Proxy.Configuration.Reading;
using L4Proxy.Transport;

namespace L4Proxy.Tls;

/// <summary>Why a handshake failed.</summary>
/// <param name="Status">What became of the connection: <see cref="TransportStatus.Corrupt"/> where only TLS failed.</param>
/// <param name="Reason">For people: bounded, on one line.</param>
internal readonly record struct TlsFailure(TransportStatus Status, string Reason)
{
    private const int MaxLength = 200;

    public static TlsFailure From(TransportStatus status, Exception exception) => new(status, status switch
    {
        TransportStatus.Truncated => "The connection was closed during the handshake.",
        TransportStatus.Reset => "The connection was reset during the handshake.",
        // What is around the last cause says nothing but to look at it.
        _ => Quote.Plain(exception.GetBaseException().Message, MaxLength),
    });
}
