using L4Proxy;

namespace Snippets;

internal sealed class NearestPolicy(ILatencies latencies) : IL4LoadBalancingPolicy
{
    public string Name => "Nearest";

    public async ValueTask<L4LoadBalancingDestination?> PickDestinationAsync(L4LoadBalancingContext context, CancellationToken cancellationToken)
    {
        var nearest = await latencies.NearestAsync(context.RemoteEndPoint, cancellationToken);
        return context.Destinations.FirstOrDefault(destination => destination.Id == nearest);
    }
}
