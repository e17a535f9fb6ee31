using L4Proxy.Diagnostics;
using L4Proxy.Prefaces;
using L4Proxy.Tls;
using L4Proxy.Transport;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Tcp;

/// <summary>
/// Station secure: ends the client's TLS where the endpoint or the route says so. From here on the client is what is inside,
/// and the bytes read before belong to the handshake.
/// </summary>
internal sealed class TlsTerminator(CancelForwarder cancels, DroppedLines dropped, ILogger<TlsTerminator> log)
{
    private const int LinesPerSecond = 10;

    private readonly PerSecondLimit _lines = dropped.Limit(LinesPerSecond, "clients whose TLS failed");

    /// <summary>Makes <see cref="TcpSession.Client"/> what is inside of its TLS, where that ends here.</summary>
    /// <returns>None, or why the connection ends.</returns>
    public ValueTask<L4EndReason> SecureAsync(TcpSession session) =>
        session.Endpoint.TlsFor(session.Route!) is { } tls ? SecureAsync(session, tls) : new(L4EndReason.None);

    private async ValueTask<L4EndReason> SecureAsync(TcpSession session, ServerTls tls)
    {
        session.Deadline.StartClientTls(tls.HandshakeTimeout);
        if (await ReadHelloAsync(session) is not L4EndReason.None and var end)
            return end;
        if (await cancels.ForwardAsync(session, L4EndReason.None) is not L4EndReason.None and var canceled)
            return canceled;
        var hello = session.PrefaceInfo.ClientHello;
        if (hello is not null)
            session.Preface.JoinHello();
        var connection = new TlsConnection(session.Client, session.Preface);
        session.Client = connection;
        // Of a hello that is longer than MaxPrefaceBytes the name counts that SslStream finds, in its first record.
        var failure = await connection.AuthenticateAsServerAsync(name => tls.OptionsFor(hello is null ? name : hello.ServerName));
        var isInTime = session.Deadline.Stop();
        if (failure is { } known)
            return EndOf(session, known);
        session.ClientTls = hello is null ? connection.Facts : connection.Facts with { ServerName = hello.ServerName };
        session.Trace?.Secured(session.ClientTls);
        return isInTime ? L4EndReason.None : L4EndReason.ClientTlsTimeout;
    }

    /// <summary>
    /// Reads the hello whole, whether or not a route needed it: it may come in many records, and SslStream looks for the name in the first
    /// one only. What can be no hello is left to the handshake, which says so.
    /// </summary>
    /// <returns>None, or why the connection ends.</returns>
    private static async ValueTask<L4EndReason> ReadHelloAsync(TcpSession session)
    {
        var limit = session.Endpoint.MaxPrefaceBytes;
        while (session.PrefaceInfo.MayBringClientHello && session.Preface.Length < limit)
        {
            if (StartTlsAnswerer.Asks(session.StartTls, session.Preface.Bytes.Span))
            {
                if (await StartTlsAnswerer.AnswerAsync(session, endsHere: true) is not L4EndReason.None and var failure)
                    return failure;
                continue;
            }
            var end = FirstBytes.EndOf(session, await session.Client.WaitAsync());
            if (end == L4EndReason.None)
                end = await FirstBytes.TakeAsync(session, limit);
            // After FIN the handshake fails, and says so on the wire.
            if (end == L4EndReason.ClientClosedEarly)
                break;
            if (end != L4EndReason.None)
                return end == L4EndReason.PrefaceTimeout ? L4EndReason.ClientTlsTimeout : end;
            session.PrefaceInfo = StartTlsAnswerer.Inspect(session.StartTls, session.Preface.Bytes.Span, PrefaceParsers.Tls);
        }
        return L4EndReason.None;
    }

    private L4EndReason EndOf(TcpSession session, in TlsFailure failure)
    {
        if (failure.Status is not (TransportStatus.Corrupt or TransportStatus.Truncated))
            return Teardown.ReasonOf(client: true, failure.Status);
        if (session.EndReason == L4EndReason.None && _lines.TryTake())
            log.ClientTlsFailed(session.Id, session.ClientEndPoint, session.Endpoint.Id, failure.Reason);
        return L4EndReason.ClientTlsFailed;
    }
}
