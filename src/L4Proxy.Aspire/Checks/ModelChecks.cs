using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using L4Proxy.Aspire.Gateway;

namespace L4Proxy.Aspire.Checks;

/// <summary>What can only be seen when the whole model is there: where Aspire itself would lose what a route needs.</summary>
internal static class ModelChecks
{
    private const string ComposeEnvironment = "DockerComposeEnvironmentResource";
    private const string ComposeCustomization = "DockerComposeServiceCustomizationAnnotation";

    /// <summary>Checks a gateway before the application starts or is published.</summary>
    public static void Add<T>(IResourceBuilder<T> builder, GatewayAnnotation gateway)
        where T : IResourceWithEndpoints, IResourceWithEnvironment =>
        builder.ApplicationBuilder.Eventing.Subscribe<BeforeStartEvent>((start, _) =>
        {
            Check(builder.Resource, gateway, start.Model, builder.ApplicationBuilder.ExecutionContext);
            return Task.CompletedTask;
        });

    /// <summary>Checks one, in a model that is whole.</summary>
    /// <exception cref="DistributedApplicationException">Something would be lost; it names the resource, the route, and the way round.</exception>
    internal static void Check(IResource resource, GatewayAnnotation gateway, DistributedApplicationModel model, DistributedApplicationExecutionContext context)
    {
        foreach (var route in gateway.Routes.Where(route => route.Kind == RouteKind.Udp))
        {
            if (FindUdpError(resource, route, model, context) is { } error)
                throw new DistributedApplicationException($"Route '{route.Id}' of resource '{resource.Name}': {error}");
        }
    }

    private static string? FindUdpError(IResource resource, GatewayRoute route, DistributedApplicationModel model, DistributedApplicationExecutionContext context)
    {
        // Its tunnel between containers and the host takes TCP alone, and the address is waited for without end.
        if (context.IsRunMode && resource.IsContainer() && route.Targets.FirstOrDefault(target => !target.Resource.IsContainer()) is { } unreachable)
            return $"from a container Aspire leads no UDP to '{unreachable.Resource.Name}', which runs on the host. Add the gateway as a project or an executable, or the target as a container.";
        // The compose file's ports have no "/udp" there: the route would be published as TCP.
        if (context.IsPublishMode && model.Resources.Any(other => other.GetType().Name == ComposeEnvironment) && resource.Annotations.All(annotation => annotation.GetType().Name != ComposeCustomization))
            return $"Aspire's publisher for Docker Compose writes UDP ports as TCP. Add \"/udp\" to them: .PublishAsDockerComposeService((resource, service) => …) with service.Ports of endpoint '{route.EndpointName}'; that it is there is all that is asked for here.";
        return null;
    }
}
