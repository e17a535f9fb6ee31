using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using L4Proxy.Aspire.Checks;
using L4Proxy.Aspire.Health;

namespace L4Proxy.Aspire.Gateway;

/// <summary>What all verbs come to.</summary>
internal static class Gateways
{
    /// <summary>Adds a route to a gateway, with its endpoint where that is not there yet.</summary>
    /// <exception cref="DistributedApplicationException">It cannot be; says of which resource and route, and why.</exception>
    public static IResourceBuilder<T> AddRoute<T>(IResourceBuilder<T> builder, RouteKind kind, string name, string? host, IEnumerable<EndpointReference> targets, int? port, L4RouteOptions? options)
        where T : IResourceWithEndpoints, IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(targets);
        EndpointReference[] all = [.. targets];
        if (all.Length == 0 || all.Contains(null))
            throw new ArgumentException("There must be a target, and none may be null.", nameof(targets));
        port ??= options?.Port;
        GatewayEndpoints.CheckPort(port);

        var gateway = GetOrAdd(builder);
        var route = new GatewayRoute(options?.Name ?? GatewayRoute.DefaultId(name, host), kind, name, host, all, options ?? new());
        RouteChecks.Check(builder.Resource, gateway, route, port);
        GatewayEndpoints.Declare(builder, gateway, route, port);
        gateway.Routes.Add(route);
        foreach (var target in all)
            builder.WithReferenceRelationship(target.Resource);
        return builder;
    }

    /// <summary>What is said of a resource; with the first verb it becomes a gateway, which writes its environment and is checked for its health.</summary>
    public static GatewayAnnotation GetOrAdd<T>(IResourceBuilder<T> builder)
        where T : IResourceWithEndpoints, IResourceWithEnvironment
    {
        if (builder.Resource.Annotations.OfType<GatewayAnnotation>().SingleOrDefault() is { } known)
            return known;
        var gateway = new GatewayAnnotation();
        builder.WithAnnotation(gateway);
        builder.WithEnvironment(context => new GatewayEnvironment(builder.Resource, gateway, context).Write());
        GatewayHealth.Add(builder, gateway);
        ModelChecks.Add(builder, gateway);
        return gateway;
    }
}
