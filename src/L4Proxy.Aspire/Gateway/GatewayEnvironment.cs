using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace L4Proxy.Aspire.Gateway;

/// <summary>Writes what the verbs have said as the environment that the gateway reads, with references in it that Aspire resolves when it knows the ports.</summary>
internal sealed class GatewayEnvironment(IResourceWithEndpoints resource, GatewayAnnotation gateway, EnvironmentCallbackContext context)
{
    private const string Section = "L4Proxy";

    /// <summary>Whether the gateway runs in a network of its own, where others come from outside.</summary>
    private readonly bool _isContainer = context.ExecutionContext.IsPublishMode || resource.IsContainer();

    public void Write()
    {
        foreach (var routes in gateway.Routes.GroupBy(route => route.EndpointName, StringComparer.OrdinalIgnoreCase))
            WriteEndpoint(routes.Key, [.. routes]);
        foreach (var route in gateway.Routes)
        {
            WriteRoute(route);
            WriteCluster(route);
        }
        if (gateway.Routes.Any(route => IsKestrels(route.EndpointName)))
            NameKestrelEndpoints();
        if (gateway.Admin is { } admin)
            WriteAdmin(admin);
    }

    private void WriteEndpoint(string name, List<GatewayRoute> routes)
    {
        var path = $"{Section}:Endpoints:{name}";
        if (IsKestrels(name))
            Set($"{path}:Kestrel", name);
        else
            Set($"{path}:Url", UrlOf(resource.GetEndpoint(name), routes[0].Kind == RouteKind.Udp ? "udp" : "tcp"));
        foreach (var settings in routes.Select(route => route.Options.EndpointSettings))
            SetAll(path, settings);
    }

    private void WriteRoute(GatewayRoute route)
    {
        var path = $"{Section}:Routes:{route.Id}";
        Set($"{path}:Endpoints:0", route.EndpointName);
        Set($"{path}:ClusterId", route.Id);
        if (route.Host is not null)
            Set($"{path}:Match:Sni:0", route.Host);
        if (route.Kind == RouteKind.Http)
            Set($"{path}:Mode", "L7");
        SetAll(path, RouteSettings.Of(route.Options));
        SetAll(path, route.Options.RouteSettings);
    }

    private void WriteCluster(GatewayRoute route)
    {
        var path = $"{Section}:Clusters:{route.Id}";
        foreach (var (id, target) in Destinations(route.Targets))
            Set($"{path}:Destinations:{id}:Address", UpstreamAddress.Of(target, context.ExecutionContext));
        if (route.Kind == RouteKind.Http)
            WriteHttp(path, route);
        SetAll(path, ClusterSettings.Of(route.Options));
        SetAll(path, route.Options.ClusterSettings);
    }

    // As the target's endpoint says, unless more was said: its TLS, and HTTP/2 where that is all that it speaks, as gRPC does.
    private void WriteHttp(string path, GatewayRoute route)
    {
        var target = route.Targets[0].EndpointAnnotation;
        var isTls = route.Options.UpstreamTls ?? target.UriScheme == "https";
        if (isTls)
            Set($"{path}:Tls:SkipVerify", "false");
        if (target.Transport == "http2")
            Set($"{path}:Http:Protocol", isTls ? "h2" : "h2c");
    }

    // By their resources' names, which is what one looks for in logs and metrics.
    private static IEnumerable<(string Id, EndpointReference Target)> Destinations(IReadOnlyList<EndpointReference> targets)
    {
        var names = targets.CountBy(target => target.Resource.Name).ToDictionary();
        return targets.Select(target => (names[target.Resource.Name] == 1 ? target.Resource.Name : $"{target.Resource.Name}-{target.EndpointName}", target));
    }

    // Kestrel takes names of its endpoints from this section alone, and heeds no list of addresses beside it.
    private void NameKestrelEndpoints()
    {
        foreach (var url in new[] { "ASPNETCORE_URLS", "HTTP_PORTS", "HTTPS_PORTS" })
            context.EnvironmentVariables.Remove(url);
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>().Where(endpoint => GatewayEndpoints.IsKestrels(gateway, endpoint)))
            Set($"Kestrel:Endpoints:{endpoint.Name}:Url", UrlOf(new EndpointReference(resource, endpoint), endpoint.UriScheme));
    }

    private void WriteAdmin(GatewayAdmin admin)
    {
        var host = _isContainer ? "0.0.0.0" : "127.0.0.1";
        Set("Gateway:Admin", ReferenceExpression.Create($"http://{host}:{admin.Endpoint.Property(EndpointProperty.TargetPort)}"));
        if (admin.Token is { } token)
            Set("Gateway:AdminToken", token);
    }

    private bool IsKestrels(string endpoint) => GatewayEndpoints.Find(resource, endpoint) is { } found && GatewayEndpoints.IsKestrels(gateway, found);

    private ReferenceExpression UrlOf(EndpointReference endpoint, string scheme)
    {
        var host = _isContainer ? "*" : endpoint.EndpointAnnotation.TargetHost;
        return ReferenceExpression.Create($"{scheme}://{host}:{endpoint.Property(EndpointProperty.TargetPort)}");
    }

    private void SetAll(string path, IEnumerable<KeyValuePair<string, string>>? settings)
    {
        foreach (var (key, value) in settings ?? [])
            Set($"{path}:{key}", value);
    }

    private void Set(string key, object value) => context.EnvironmentVariables[key.Replace(":", "__", StringComparison.Ordinal)] = value;
}
