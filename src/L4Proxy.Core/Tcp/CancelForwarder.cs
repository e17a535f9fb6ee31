using L4Proxy.Destinations.Dialling;
using L4Proxy.Destinations.Resolution;
using L4Proxy.Prefaces;
using L4Proxy.Transport;

namespace L4Proxy.Tcp;

/// <summary>
/// PostgreSQL's CancelRequest, which is a connection of its own and names another by a key that only its server knows: no name, no user. It goes to every
/// server that the same client has connections to by the same endpoint. Servers ignore a key that is none of theirs.
/// </summary>
internal sealed class CancelForwarder(SessionSet sessions, Dialler dialler)
{
    // Whose are so many has a proxy or NAT of its own; the newest come first.
    private const int MostServers = 32;

    /// <summary>Passes a CancelRequest on; whatever else came is let be.</summary>
    /// <param name="session">The connection.</param>
    /// <param name="end">What the station before has found.</param>
    /// <returns><see cref="L4EndReason.CancelForwarded"/>; <paramref name="end"/> where it is no CancelRequest, or the client has no such connections.</returns>
    public ValueTask<L4EndReason> ForwardAsync(TcpSession session, L4EndReason end) =>
        end is L4EndReason.None or L4EndReason.NoRoute && PostgresPreface.CancelRequestLength(session.Preface.Bytes.Span) is > 0 and var length
            ? ForwardAsync(session, length, end)
            : new(end);

    private async ValueTask<L4EndReason> ForwardAsync(TcpSession session, int length, L4EndReason end)
    {
        var others = OthersOf(session);
        if (others.Count == 0)
            return end;
        if (await ReadAsync(session, length) is not L4EndReason.None and var failure)
            return failure;
        foreach (var other in others)
        {
            if (session.EndReason == L4EndReason.None)
                await SendAsync(session, other, session.Preface.Bytes[..length]);
        }

        return L4EndReason.CancelForwarded;
    }

    /// <summary>One connection to each server, the newest first.</summary>
    private List<TcpSession> OthersOf(TcpSession session) =>
    [
        .. sessions
            .FindAll(other => other.Destination is not null && other.Endpoint.Id == session.Endpoint.Id
                && other.PrefaceInfo.Recognised.HasAny(PrefaceParsers.Postgres) && Equals(other.ClientAddress, session.ClientAddress))
            .OrderByDescending(other => other.Id)
            .DistinctBy(other => other.UpstreamEndPoint)
            .Take(MostServers),
    ];

    private static async ValueTask<L4EndReason> ReadAsync(TcpSession session, int length)
    {
        var end = L4EndReason.None;
        session.Deadline.StartPreface(session.Endpoint.PrefaceTimeout);
        while (session.Preface.Length < length && end == L4EndReason.None)
        {
            end = FirstBytes.EndOf(session, await session.Client.WaitAsync());
            if (end == L4EndReason.None)
                end = await FirstBytes.TakeAsync(session, length);
        }
        session.Deadline.Stop();
        return end;
    }

    /// <summary>One server: a failure is nobody's, for the connection there goes on.</summary>
    private async ValueTask SendAsync(TcpSession session, TcpSession other, ReadOnlyMemory<byte> message)
    {
        if (other.UpstreamEndPoint is not { } address)
            return;
        var request = new CancelDial(session, other);
        var outcome = await dialler.DialAsync(request, other.Route!.Cluster!, other.Destination!, attempt: 1, new EndPointOrder([address]));
        if (outcome.Failure != L4EndReason.None)
            return;
        await using var upstream = request.Upstream!;
        request.StartConnect();
        if (await upstream.SendAsync(message) == TransportStatus.Ok)
            await WaitForEndAsync(upstream);
        request.StopTimer();
    }

    /// <summary>A server closes when it has acted, and the client takes that for the end of it.</summary>
    private static async ValueTask WaitForEndAsync(TransportConnection upstream)
    {
        var buffer = new byte[1];
        var received = new TransportResult(1, TransportStatus.Ok);
        while (received.Bytes > 0 || received.Status == TransportStatus.Canceled)
        {
            received = await upstream.WaitAsync();
            if (received.Status == TransportStatus.Ok)
                received = await upstream.TakeAsync(buffer);
        }
    }
}
