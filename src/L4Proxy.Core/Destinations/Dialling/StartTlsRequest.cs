using System.Text;
using L4Proxy.Configuration.Reading;
using L4Proxy.StartTls;
using L4Proxy.Transport;

namespace L4Proxy.Destinations.Dialling;

/// <summary>Asks a destination in plaintext to go on in TLS, as a client of its protocol does.</summary>
internal static class StartTlsRequest
{
    // The longest line of SMTP's has 512 bytes (RFC 5321 section 4.5.3.1.5), and its answers a handful of lines.
    private const int LongestReply = 4096;

    /// <summary>Asks, within the time of the handshake, and reads the answer and not a byte more.</summary>
    public static ValueTask<DialOutcome> AskAsync(IDialRequest request, StartTlsProtocol protocol) => TalkAsync(request, protocol, protocol.Requests.Count);

    /// <summary>Takes the greeting of a server that is spoken to in plaintext, within the same time.</summary>
    public static ValueTask<DialOutcome> HearGreetingAsync(IDialRequest request, StartTlsProtocol protocol) => TalkAsync(request, protocol, requests: 0);

    private static async ValueTask<DialOutcome> TalkAsync(IDialRequest request, StartTlsProtocol protocol, int requests)
    {
        request.StartHandshake();
        var upstream = request.Upstream!;
        var (status, refusal) = protocol.Greets ? await ReadReplyAsync(upstream, protocol, isGreeting: true) : (TransportStatus.Ok, null);
        for (var i = 0; i < requests && status == TransportStatus.Ok && refusal is null; i++)
        {
            status = await upstream.SendAsync(protocol.Requests[i]);
            if (status == TransportStatus.Ok)
                (status, refusal) = await ReadReplyAsync(upstream, protocol, isGreeting: false);
        }
        if (!request.StopTimer() || status == TransportStatus.Aborted)
            return new(L4EndReason.UpstreamTlsTimeout);
        if (refusal is not null)
            return new(L4EndReason.StartTlsRefused, Detail: refusal);
        // Who closes may be restarting.
        return status == TransportStatus.Ok ? default : new(L4EndReason.StartTlsRefused, DialAgain.Later, $"The connection ended before its answer ({status}).");
    }

    /// <summary>Reads one answer.</summary>
    /// <returns>How the connection is, and why the answer will not do.</returns>
    private static async ValueTask<(TransportStatus Status, string? Refusal)> ReadReplyAsync(
        TransportConnection upstream, StartTlsProtocol protocol, bool isGreeting)
    {
        var buffer = new byte[LongestReply];
        for (var count = 0; ;)
        {
            var received = await upstream.WaitAsync();
            if (received.Status == TransportStatus.Ok)
                received = await upstream.TakeAsync(buffer.AsMemory(count));
            if (received.Status == TransportStatus.Canceled)
                continue; // Nothing after all.
            if (received.Status != TransportStatus.Ok || received.Bytes == 0)
                return (received.Status == TransportStatus.Ok ? TransportStatus.Truncated : received.Status, null);
            count += received.Bytes;
            var reply = protocol.ReadReply(buffer.AsSpan(0, count), isGreeting, out var length);
            if (reply == StartTlsReply.NeedMore && count < LongestReply)
                continue;
            if (reply != StartTlsReply.Yes)
                return (TransportStatus.Ok, $"It was asked for TLS and answered {Quote.Text(Encoding.Latin1.GetString(buffer, 0, count))}.");
            // Not of TLS, and so not of whoever is authenticated by it: as in CVE-2021-23222.
            return (TransportStatus.Ok, count == length ? null : $"It sent {count - length} bytes behind its answer, before TLS.");
        }
    }
}
