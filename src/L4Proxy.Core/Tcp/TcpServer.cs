using System.Net;
using L4Proxy.Destinations;
using L4Proxy.Limits;
using L4Proxy.Listening;
using L4Proxy.Sessions;
using L4Proxy.Snapshot;
using L4Proxy.Timing;
using L4Proxy.Transport;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Tcp;

/// <summary>The TCP half of the proxy: opens its listeners, starts the walk of each connection, and drains what is removed.</summary>
internal sealed class TcpServer(
    TransportChoice transport, TcpProxy proxy, Admission admission, SessionSet sessions, DescriptorBudget budget, CoarseClock clock, ILogger<TcpServer> log)
{
    private volatile IHttpHandOver? _http;
    private volatile bool _isCut;

    /// <summary>Where <c>Http</c> routes of own endpoints lead; null without an HTTP server.</summary>
    public IHttpHandOver? Http
    {
        get => _http;
        set => _http = value;
    }

    /// <summary>Connections at the moment.</summary>
    public int Count => sessions.Count;

    /// <summary>The connections of this moment.</summary>
    public List<TcpSession> Sessions() => sessions.ToList();

    /// <summary>Those that have no destination yet.</summary>
    public int CountWithoutUpstream() => sessions.ToList().Count(session => session.Upstream is null);

    /// <summary>Opens a listener.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The address is in use, not of this machine, or not allowed; or there are too few descriptors.</exception>
    public IOwnListener Open(EndPoint address, EndpointModel endpoint)
    {
        var descriptors = transport.Streams.DescriptorsAt(address);
        budget.TakeForListener(descriptors);
        try
        {
            return new TcpListener(
                transport.Streams.Listen(address, endpoint.ListenOptionsAt(address)), endpoint, budget, descriptors,
                (connection, current) => Serve(connection, current, _http), clock.Time, log);
        }
        catch
        {
            budget.ReleaseListener(descriptors);
            throw;
        }
    }

    /// <summary>Serves a connection of an endpoint in the background.</summary>
    public void Serve(TransportConnection connection, EndpointModel endpoint, IHttpHandOver? http)
    {
        var session = NewSession(connection, endpoint, http);
        if (connection.IsHome)
            _ = proxy.RunAsync(session);
        else
            ThreadPool.UnsafeQueueUserWorkItem(static item => _ = item.Proxy.RunAsync(item.Session), (Proxy: proxy, Session: session), preferLocal: false);
    }

    /// <summary>Serves a connection of an endpoint; returns when nothing of it is left here.</summary>
    public Task ServeAsync(TransportConnection connection, EndpointModel endpoint, IHttpHandOver? http) =>
        proxy.RunAsync(NewSession(connection, endpoint, http));

    /// <summary>Connections of what is no longer there, or off, get its drain time and are then aborted; if it is back, they go on.</summary>
    /// <param name="snapshot">The configuration in force.</param>
    /// <param name="before">The one before.</param>
    public void DrainRemoved(ProxySnapshot snapshot, ProxySnapshot before)
    {
        foreach (var session in sessions.ToList())
        {
            if (snapshot.Serves(session.Endpoint, session.LocalPort))
                session.Deadline.LiftDrain(L4EndReason.EndpointRemoved);
            else
                session.Deadline.DrainBy(clock.Now + (long)snapshot.DrainTimeoutOf(session.Endpoint, before).TotalMilliseconds, L4EndReason.EndpointRemoved);
            if (session.Destination is not { } destination)
                continue;
            if (destination.State.Enabled)
                session.Deadline.LiftDrain(L4EndReason.DestinationRemoved);
            else
                session.DrainDestination();
        }
    }

    /// <summary>Aborts the connections to a destination that does not work.</summary>
    public void Cut(DestinationState destination)
    {
        foreach (var session in sessions.FindAll(session => session.Destination?.State == destination))
            Teardown.Abort(session, L4EndReason.DestinationMarkedDown);
    }

    /// <summary>Aborts those that are such.</summary>
    /// <returns>How many.</returns>
    public int Kill(Predicate<ISessionRecord> such)
    {
        var killed = sessions.ToList().FindAll(session => such(session));
        foreach (var session in killed)
            Teardown.Abort(session, L4EndReason.Killed);
        return killed.Count;
    }

    /// <summary>Completes when there are no connections.</summary>
    public Task WaitForNoneAsync() => sessions.WaitForNoneAsync();

    /// <summary>Aborts what is left, and what comes yet.</summary>
    /// <returns>How many connections.</returns>
    public int Cut()
    {
        _isCut = true;
        Interlocked.MemoryBarrier();
        var left = sessions.ToList();
        foreach (var session in left)
            Teardown.Abort(session, L4EndReason.Shutdown);
        return left.Count;
    }

    private TcpSession NewSession(TransportConnection connection, EndpointModel endpoint, IHttpHandOver? http)
    {
        var session = new TcpSession(connection, endpoint, clock, http);
        admission.Enter(session);
        // Cut looks for it after it has said so.
        if (_isCut)
            Teardown.Abort(session, L4EndReason.Shutdown);
        return session;
    }
}
