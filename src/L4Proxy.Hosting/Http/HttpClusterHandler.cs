using System.Collections.Frozen;
using L4Proxy.Destinations;
using L4Proxy.Destinations.Queueing;
using L4Proxy.Timing;
using IReverseProxyFeature = Yarp.ReverseProxy.Model.IReverseProxyFeature;

namespace L4Proxy.Http;

/// <summary>
/// Sends the requests of a cluster: picks a destination, as a connection does, and another where it cannot be connected to. Nothing of a request has been
/// sent then. What was sent is never sent again, but for what may come twice, where a connection that was kept ends just as it comes.
/// </summary>
/// <param name="pools">The connections to its destinations.</param>
/// <param name="clock">The clock.</param>
internal sealed class HttpClusterHandler(HttpConnectionPools pools, CoarseClock clock) : HttpMessageHandler
{
    // .NET's client sends what has no body once more where a kept connection ends before the answer. Of others it says a length of 0, and so does an empty body.
    private static readonly FrozenSet<HttpMethod> s_mayComeTwice =
        new[] { HttpMethod.Get, HttpMethod.Head, HttpMethod.Options, HttpMethod.Trace, HttpMethod.Delete, HttpMethod.Connect }.ToFrozenSet();

    // More kept connections than these do not end at once without being noticed. Where one was dialled meanwhile, it is perhaps that one, and the fault is the destination's.
    private const int MostResends = 16;
    private const int MostResendsOfDialled = 2;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!request.Options.TryGetValue(HttpCall.Key, out var call))
            throw new InvalidOperationException("The cluster belongs to L4Proxy's own routes.");
        if (request.Content is { } body)
            request.Content = new PromptContent(body);
        else if (!s_mayComeTwice.Contains(request.Method))
            request.Content = new ByteArrayContent([]);
        // Who comes does not overtake who waits for room.
        var isBehind = call.Cluster is { Queue: not null, State.Queue.HasLine: true };
        if (!isBehind)
            return TryAsync(call, request, place: null, cancellationToken)!;
        call.Failure = L4EndReason.DestinationsFull;
        return WaitAsync(call, request, cancellationToken);
    }

    /// <summary>Waits in the cluster's queue, where it has one, and tries again when its turn comes.</summary>
    /// <exception cref="HttpRequestException">That did not help.</exception>
    private async Task<HttpResponseMessage> WaitAsync(HttpCall call, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (call.Cluster.Queue is not { } limits)
            throw NotSent(call);
        var state = call.Cluster.State;
        using var place = state.UseQueue().TryEnter(client: null, clock, limits);
        if (place is null)
            call.Failure = L4EndReason.QueueFull;
        while (place is not null && await place.WaitAsync(forRoom: call.Failure == L4EndReason.DestinationsFull, cancellationToken) == L4EndReason.None && state.Current is { } current)
        {
            cancellationToken.ThrowIfCancellationRequested();
            call.Cluster = current;
            if (await TryAsync(call, request, place, cancellationToken) is not { } response)
                continue;
            place.Served();
            return response;
        }
        throw NotSent(call);
    }

    private static HttpRequestException NotSent(HttpCall call) =>
        new(HttpRequestError.ConnectionError, $"Cluster '{call.Cluster.Id}': {call.Failure}", call.Cause);

    /// <summary>Tries one destination after the other.</summary>
    /// <param name="call">The request.</param>
    /// <param name="request">What is sent of it.</param>
    /// <param name="place">Its place in the queue, where it has waited; where it has not, it does when none can be connected to.</param>
    /// <param name="cancellationToken">The client has left.</param>
    /// <returns>Null where it has waited and none could be connected to.</returns>
    private async Task<HttpResponseMessage?> TryAsync(HttpCall call, HttpRequestMessage request, QueuedConnection? place, CancellationToken cancellationToken)
    {
        var cluster = call.Cluster;
        var tried = new TriedDestinations();
        call.Failure = L4EndReason.NoDestination;
        var (resends, resendsOfDialled) = (0, 0);
        for (var attempt = 1; attempt <= cluster.MaxAttempts; attempt++)
        {
            var destination = tried.IsEmpty && attempt == 1 && FindPinned(call, clock.Now) is { } pinned ? pinned : await cluster.Picker.NextAsync(tried, call, clock.Now);
            if (destination is null || call.EndReason != L4EndReason.None)
                break;
            if (!call.TryBegin(destination))
            {
                // Others were faster, and this was no attempt.
                tried.Add(destination.Index);
                attempt--;
                continue;
            }
            call.Failure = L4EndReason.None;
            place?.Begun();
            Tell(call, destination);
            destination.State.BeginTrial(clock.Now, call.Route.Timeouts!.Connect);
            var begunAt = clock.Now;
            try
            {
                var response = await pools.SendAsync(call, request, cancellationToken);
                // A connection that was kept was not dialled, and says as much.
                if (!destination.Address.IsTemplate)
                    destination.State.Answered(begunAt);
                EarlyHeadContent.Replace(response, request, call.Context);
                return response;
            }
            catch (HttpRequestException e) when (HttpDialException.In(e) is { } dial)
            {
                call.Dispose();
                (call.Failure, call.Cause) = (dial.Failure, e);
                if (!dial.HasOtherAddress)
                    tried.Add(destination.Index);
            }
            catch (HttpRequestException e) when (MayGoAgain(request, e) && (call.HasDialled ? resendsOfDialled++ < MostResendsOfDialled : resends++ < MostResends))
            {
                call.Dispose();
                attempt--;
            }
            catch
            {
                call.Dispose();
                throw;
            }
        }
        if (call.Failure == L4EndReason.NoDestination && cluster.Picker.HadFull(clock.Now))
            call.Failure = L4EndReason.DestinationsFull;
        return place is null ? await WaitAsync(call, request, cancellationToken) : null;
    }

    /// <summary>
    /// Whether a kept connection ended just as a request came that may be sent twice (RFC 9112 section 9.3.1). .NET sees to it where it ends by FIN, and not where
    /// that is seen together with the RST for the request.
    /// </summary>
    private static bool MayGoAgain(HttpRequestMessage request, HttpRequestException e) => request.Content is null && e.InnerException is IOException and not HttpProtocolException;

    /// <summary>Says to YARP which one it is: session affinity makes the client keep to it.</summary>
    private static void Tell(HttpCall call, DestinationModel destination)
    {
        if (call.Cluster.Destinations.Length == 1 || call.Context.Features.Get<IReverseProxyFeature>() is not { } feature || feature.ProxiedDestination?.DestinationId == destination.Id)
            return;
        foreach (var one in feature.AllDestinations)
        {
            if (one.DestinationId == destination.Id)
                feature.ProxiedDestination = one;
        }
    }

    /// <summary>The one that session affinity has chosen, where it has and that one works.</summary>
    private static DestinationModel? FindPinned(HttpCall call, long now)
    {
        var cluster = call.Cluster;
        if (cluster.Destinations.Length == 1 || PickLater.IsOpen(call.Context) || call.Context.Features.Get<IReverseProxyFeature>()?.ProxiedDestination is not { } proxied)
            return null;
        foreach (var destination in cluster.Destinations)
        {
            if (destination.Id == proxied.DestinationId)
                return destination is { Enabled: true, State: var state } && state.Probed.TakesNew && state.Refusals.Until <= now && !state.Ejection.Holds(now) ? destination : null;
        }
        return null;
    }
}
