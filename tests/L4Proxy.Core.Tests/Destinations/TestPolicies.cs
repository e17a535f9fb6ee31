using L4Proxy.Destinations.LoadBalancing;
using L4Proxy.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;

namespace L4Proxy.Core.Tests.Destinations;

/// <summary>The policies of an application that brings the given ones.</summary>
internal static class TestPolicies
{
    public static LoadBalancingPolicies With(params IL4LoadBalancingPolicy[] own) => new(
        own, TimeProvider.System, new PerSecondLimit(TimeProvider.System, 10), NullLogger<LoadBalancingPolicies>.Instance);
}
