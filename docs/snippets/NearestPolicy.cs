using L4Proxy;

namespace Snippets;

internal sealed class NearestPolicy(ILatencies latencies) : ILoadBalancingPolicy
{
    public string Name => "Nearest";

    public async ValueTask<LoadBalancingDestination?> PickDestinationAsync(LoadBalancingContext context, CancellationToken cancellationToken)
    {
        var nearest = await latencies.NearestAsync(context.RemoteEndPoint, cancellationToken);
        return context.Destinations.FirstOrDefault(destination => destination.Id == nearest);
    }
}
