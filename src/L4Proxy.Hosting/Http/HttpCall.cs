using System.Net;
using L4Proxy.Destinations;
using L4Proxy.Destinations.LoadBalancing;
using L4Proxy.Names;
using L4Proxy.ProxyProtocol;
using L4Proxy.Routing;
using L4Proxy.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace L4Proxy.Http;

/// <summary>
/// One request on its way to a destination: what is picked for, and what it has taken of the destination. Its connection may be dialled yet when the request is
/// over, so that it knows by itself all that is dialled by.
/// </summary>
internal sealed class HttpCall : IBalancedSession, IDisposable
{
    /// <summary>Where the request that goes out has it.</summary>
    public static readonly HttpRequestOptionsKey<HttpCall> Key = new("L4Proxy");

    private readonly string _asked;
    private DestinationModel? _begun;
    private int _end;

    public HttpCall(HttpContext context, RouteModel route, string endpointId, string asked)
    {
        (Context, Route, EndpointId, _asked, LocalPort, Ended) = (context, route, endpointId, asked, context.Connection.LocalPort, context.RequestAborted);
        Cluster = route.Cluster!;
    }

    public long Id { get; } = SessionId.Next();

    /// <summary>The client's request; not to be asked when that is over.</summary>
    public HttpContext Context { get; }

    /// <summary>The route as it was when the request came.</summary>
    public RouteModel Route { get; }

    /// <summary>Its cluster: a later one, where it has waited.</summary>
    public ClusterModel Cluster
    {
        get;
        set => (field, ProxyHeader) = (value, value.ProxyProtocol is { } header ? RequestProxyHeader.For(header, this) : null);
    }

    /// <summary>The destination that it is sent to.</summary>
    public DestinationModel? Destination { get; private set; }

    /// <summary>Whether a connection was dialled for it, and is perhaps the one that it went by.</summary>
    public bool HasDialled { get; set; }

    /// <summary>What its destination is told of the client's connection; null where it is told nothing.</summary>
    public ProxyHeader? ProxyHeader { get; private set; }

    /// <summary>The port that the client connected to.</summary>
    public int LocalPort { get; }

    public string EndpointId { get; }

    public string? RouteId => Route.Id;

    public EndPoint? ClientEndPoint => field ??= ClientAddress.EndPointOf(Context.Connection);

    public string? ServerName => field ??= HostName.TryNormalise(AskedHost.NameOf(_asked).ToString(), out var name, out _) ? name : null;

    /// <summary>What the route's names capture of the host.</summary>
    public RouteCaptures Captures => Route.Match.HasHostCaptures ? FindCaptures() : default;

    public L4EndReason EndReason => (L4EndReason)Volatile.Read(ref _end);

    public CancellationToken Ended { get; }

    /// <summary>What its destination is asked for, where that is not what the client has asked for.</summary>
    public string? Target { get; set; }

    /// <summary>What was taken away at the front of its path; empty where nothing was.</summary>
    public string Prefix { get; set; } = "";

    /// <summary>How often connecting had failed before it was sent to its destination.</summary>
    public long FailuresBefore { get; set; }

    /// <summary>Why it got no destination; None where it got one.</summary>
    public L4EndReason Failure { get; set; }

    /// <summary>What that was, where something was tried.</summary>
    public Exception? Cause { get; set; }

    public bool TryEnd(L4EndReason reason) => Interlocked.CompareExchange(ref _end, (int)reason, (int)L4EndReason.None) == (int)L4EndReason.None;

    /// <summary>Counts it at a destination, until <see cref="Dispose"/>.</summary>
    /// <returns>False where that is full.</returns>
    public bool TryBegin(DestinationModel destination)
    {
        if (!destination.State.TryBegin())
            return false;
        Destination = _begun = destination;
        return true;
    }

    /// <summary>It is no longer at its destination.</summary>
    public void Dispose() => Interlocked.Exchange(ref _begun, null)?.State.Ended();

    private RouteCaptures FindCaptures() => ServerName is { } name && Route.Match.Hosts!.FirstOrDefault(pattern => pattern.CaptureNames.Count > 0 && pattern.IsMatch(name)) is { } pattern
        ? new RouteCaptures(pattern, regexes: null, name) : default;
}
