using System.Net.Sockets;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using L4Proxy.Aspire.Gateway;

namespace L4Proxy.Aspire.Checks;

/// <summary>What is wrong with a route as soon as it is said.</summary>
internal static class RouteChecks
{
    /// <summary>Checks a route that is to be added.</summary>
    /// <exception cref="DistributedApplicationException">Something is; it names the resource, the route and what.</exception>
    public static void Check(IResourceWithEndpoints resource, GatewayAnnotation gateway, GatewayRoute route, int? port)
    {
        if (FindError(resource, gateway, route, port) is { } error)
            throw new DistributedApplicationException($"Route '{route.Id}' of resource '{resource.Name}': {error}");
    }

    private static string? FindError(IResourceWithEndpoints resource, GatewayAnnotation gateway, GatewayRoute route, int? port)
    {
        var id = route.Id;
        if (id.Length > 128 || !char.IsAsciiLetterOrDigit(id[0]) || id.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.' or '@')))
            return "a name is 1 to 128 ASCII letters, digits, '-', '_', '.' or '@', and begins with a letter or digit.";
        if (gateway.Routes.Any(other => other.Id.Equals(id, StringComparison.OrdinalIgnoreCase)))
            return "the resource has a route of this name already. Say another in L4RouteOptions.Name.";
        if (FindEndpointError(resource, gateway, route, port) is { } error)
            return error;
        return route.Targets.Select(target => FindTargetError(resource, route, target)).FirstOrDefault(found => found is not null)
            ?? (route.Targets.DistinctBy(target => (target.Resource, target.EndpointName.ToUpperInvariant())).Count() < route.Targets.Count ? "a target is there twice." : null);
    }

    private static string? FindEndpointError(IResourceWithEndpoints resource, GatewayAnnotation gateway, GatewayRoute route, int? port)
    {
        if (gateway.Admin?.Endpoint.EndpointName.Equals(route.EndpointName, StringComparison.OrdinalIgnoreCase) == true)
            return $"its endpoint '{route.EndpointName}' is that of the admin API.";
        if (GatewayEndpoints.Find(resource, route.EndpointName) is not { } endpoint)
            return null;
        var isUdp = endpoint.Protocol == ProtocolType.Udp;
        if (isUdp != (route.Kind == RouteKind.Udp))
            return $"its endpoint '{endpoint.Name}' is {(isUdp ? "UDP, where there is neither TLS by SNI nor TCP" : "TCP, not UDP")}.";
        if (port is { } wanted && endpoint.Port is { } there && there != wanted)
            return $"its endpoint '{endpoint.Name}' is on port {there} already, not on {wanted}.";
        return null;
    }

    private static string? FindTargetError(IResourceWithEndpoints resource, GatewayRoute route, EndpointReference target)
    {
        if (target.Resource == resource)
            return "it leads to the gateway itself.";
        if (GatewayEndpoints.Find(target.Resource, target.EndpointName) is not { } endpoint)
            return $"resource '{target.Resource.Name}' has no endpoint '{target.EndpointName}'{Known(target.Resource)}. An endpoint is declared before a route leads to it.";
        if ((endpoint.Protocol == ProtocolType.Udp) != (route.Kind == RouteKind.Udp))
            return $"endpoint '{endpoint.Name}' of resource '{target.Resource.Name}' is {endpoint.Protocol.ToString().ToUpperInvariant()}.";
        return null;
    }

    private static string Known(IResource resource) =>
        string.Join(", ", resource.Annotations.OfType<EndpointAnnotation>().Select(endpoint => $"'{endpoint.Name}'")) is { Length: > 0 } names ? $" (it has {names})" : "";
}
