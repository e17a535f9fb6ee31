using L4Proxy.Diagnostics;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Destinations.LoadBalancing;

/// <summary>
/// A policy of the application's. It runs on the thread pool and is awaited, so that it holds up nothing but the connection
/// it picks for, for a bounded time.
/// </summary>
internal sealed class ApplicationPolicy(
    IL4LoadBalancingPolicy policy, string clusterId, TimeProvider time, PerSecondLimit warnings, ILogger log) : LoadBalancer
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public override ValueTask<DestinationModel?> PickAsync(ReadOnlySpan<DestinationModel> candidates, IBalancedSession session) =>
        candidates.IsEmpty ? new((DestinationModel?)null) : PickAsync(candidates.ToArray(), session);

    private async ValueTask<DestinationModel?> PickAsync(DestinationModel[] candidates, IBalancedSession session)
    {
        var offered = Array.ConvertAll(candidates, Describe);
        using var patience = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(session.Ended, patience.Token);
        try
        {
            if (await AskAsync(Describe(session, offered), both.Token) is not { } picked)
                return null;
            if (Array.IndexOf(offered, picked) is >= 0 and var index)
                return candidates[index];
            Fail(session, $"'{picked.Id}' was not among the destinations");
        }
        catch (Exception) when (session.EndReason != L4EndReason.None)
        {
            // Nobody waits for it any longer.
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            Fail(session, $"it took longer than {Patience.TotalSeconds} seconds");
        }
        catch (Exception e)
        {
            Fail(session, e.Message, e);
        }
        return null;
    }

    private Task<L4LoadBalancingDestination?> AskAsync(L4LoadBalancingContext context, CancellationToken cancellation) =>
        Task.Run(() => policy.PickDestinationAsync(context, cancellation).AsTask(), CancellationToken.None).WaitAsync(cancellation);

    private void Fail(IBalancedSession session, string why, Exception? exception = null)
    {
        session.TryEnd(L4EndReason.PolicyFailed);
        if (warnings.TryTake())
            log.PolicyFailed(exception, session.Id, clusterId, policy.Name, why);
    }

    private L4LoadBalancingContext Describe(IBalancedSession session, L4LoadBalancingDestination[] destinations) => new()
    {
        ConnectionId = session.Id,
        EndpointId = session.EndpointId,
        RouteId = session.RouteId!,
        ClusterId = clusterId,
        RemoteEndPoint = session.ClientEndPoint,
        ServerName = session.ServerName,
        Destinations = destinations,
    };

    private static L4LoadBalancingDestination Describe(DestinationModel destination) => new()
    {
        Id = destination.Id,
        Address = destination.Address.ToString(),
        Weight = destination.Weight,
        ActiveConnections = destination.State.Active,
    };
}
