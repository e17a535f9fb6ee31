using System.Net;
using L4Proxy.Destinations.Resolution;

namespace L4Proxy.Destinations.Services;

/// <summary>Where a destination is whose address is a service: each connection draws one of its hosts.</summary>
internal sealed class ServiceAddress(string name, NameResolver<ServiceTargets> services, AddressResolver hosts, Random random, TimeProvider time)
{
    // As many as a race runs at once. Who meets none of them finds others at its next attempt: these come last then.
    private const int MostDrawn = 8;

    // Once one has an address the others are waited for no longer than one family is for the other (RFC 8305 section 3).
    private static readonly TimeSpan s_resolutionDelay = TimeSpan.FromMilliseconds(50);

    /// <summary>Where to dial for one connection, in the order drawn. Never throws.</summary>
    public async ValueTask<AddressResolution> DrawAsync(CancellationToken cancellationToken)
    {
        var service = await services.FindAsync(name, cancellationToken);
        return service.IsFound
            ? await DrawAsync(service.Value, cancellationToken)
            : AddressResolution.Not(service.Status, service.Message!);
    }

    /// <summary>Whether a connection that comes now may be led there, as far as is known.</summary>
    public bool MayLeadTo(EndPoint endPoint)
    {
        var service = services.FindAsync(name, CancellationToken.None);
        if (!service.IsCompletedSuccessfully)
        {
            _ = service.AsTask();
            return true;
        }
        return service.Result is not { IsFound: true, Value.All: var all } || all.Any(target => MayLeadTo(target.Host, endPoint));
    }

    private async ValueTask<AddressResolution> DrawAsync(ServiceTargets targets, CancellationToken cancellationToken)
    {
        var resolution = default(AddressResolution);
        foreach (var drawn in targets.Draw(random, Now(), targets.All.Count).Chunk(MostDrawn))
        {
            resolution = await ResolveAsync(drawn, cancellationToken);
            // Those without an address are passed over, and those that take all the time are behind the others for the next connection.
            if (resolution.Order is not null || resolution.Status is AddressResolutionStatus.TimedOut or AddressResolutionStatus.Canceled)
                break;
        }
        return resolution;
    }

    private async ValueTask<AddressResolution> ResolveAsync(ServiceTarget[] targets, CancellationToken cancellationToken)
    {
        // All are asked for at once.
        var drawn = Array.ConvertAll(targets, target => (Target: target, Resolving: hosts.ResolveAsync(target.Host.Host, target.Host.Port, cancellationToken).AsTask()));
        await WaitAsync(Array.ConvertAll(drawn, item => item.Resolving), cancellationToken);
        var found = new List<(ServiceTarget, EndPointOrder)>(drawn.Length);
        var nothing = default(AddressResolution);
        foreach (var (target, resolving) in drawn.Where(item => item.Resolving.IsCompleted))
        {
            var resolution = await resolving;
            if (resolution.Order is { } order)
            {
                found.Add((target, order));
                continue;
            }
            if (resolution.Status != AddressResolutionStatus.Canceled)
                target.Refusals.TryNote(Now());
            nothing = resolution with { Message = $"Of the service's host {target.Host.Host}: {resolution.Message}" };
        }
        return found.Count > 0 ? AddressResolution.Found(ServiceOrder.Of(found, Now)) : nothing;
    }

    /// <summary>Until the first of them in their order that has an address is found, and for a moment for the others.</summary>
    private async Task WaitAsync(Task<AddressResolution>[] resolving, CancellationToken cancellationToken)
    {
        foreach (var item in resolving)
        {
            if ((await item).Order is not null)
                break;
        }
        var all = Task.WhenAll(resolving);
        if (!all.IsCompleted)
            await Task.WhenAny(all, Task.Delay(s_resolutionDelay, time, cancellationToken));
    }

    private bool MayLeadTo(ServiceHost host, EndPoint endPoint)
    {
        if (host.Port != (endPoint as IPEndPoint)?.Port)
            return false;
        var resolving = hosts.ResolveAsync(host.Host, host.Port);
        if (!resolving.IsCompletedSuccessfully)
        {
            _ = resolving.AsTask();
            return true;
        }
        return resolving.Result is not { Status: AddressResolutionStatus.Found } resolution || resolution.EndPoints.Contains(endPoint);
    }

    private long Now() => time.GetElapsedTime(0).Ticks / TimeSpan.TicksPerMillisecond;
}
