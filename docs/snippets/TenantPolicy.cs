using L4Proxy;
using Microsoft.Extensions.Caching.Memory;

namespace Snippets;

/// <summary>A tenant's connections stay together: the first goes to the destination with the fewest for its weight, and the others follow it for as long as that is available.</summary>
internal sealed class TenantPolicy : IL4LoadBalancingPolicy, IDisposable
{
    // Names are the client's to make up: no more of them are remembered than this.
    private readonly MemoryCache _homes = new(new MemoryCacheOptions { SizeLimit = 10_000 });

    public string Name => "Tenant";

    public ValueTask<L4LoadBalancingDestination?> PickDestinationAsync(L4LoadBalancingContext context, CancellationToken cancellationToken)
    {
        var tenant = (context.ClusterId, context.ServerName);
        var home = context.Destinations.FirstOrDefault(destination => destination.Id == _homes.Get<string>(tenant))
            ?? context.Destinations.Where(destination => destination.Weight > 0).MinBy(destination => (double)destination.ActiveConnections / destination.Weight);
        if (home is not null)
            _homes.Set(tenant, home.Id, new MemoryCacheEntryOptions { Size = 1, SlidingExpiration = TimeSpan.FromHours(1) });
        return new(home);
    }

    public void Dispose() => _homes.Dispose();
}
