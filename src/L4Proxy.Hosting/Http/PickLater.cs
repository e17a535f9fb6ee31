using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Model;

namespace L4Proxy.Http;

/// <summary>
/// The policy of L4Proxy's clusters in YARP: any destination, for the real one is picked when the request is sent. YARP asks it only where there is a choice, and
/// so not where session affinity has made it.
/// </summary>
internal sealed class PickLater : ILoadBalancingPolicy
{
    /// <summary>What it is called.</summary>
    public const string PolicyName = "L4Proxy";

    private static readonly Feature s_feature = new();

    public string Name => PolicyName;

    /// <summary>Whether the request may go to any destination of its cluster.</summary>
    public static bool IsOpen(HttpContext context) => context.Features.Get<Feature>() is not null;

    public DestinationState? PickDestination(HttpContext context, ClusterState cluster, IReadOnlyList<DestinationState> availableDestinations)
    {
        context.Features.Set(s_feature);
        return availableDestinations[0];
    }

    private sealed class Feature;
}
