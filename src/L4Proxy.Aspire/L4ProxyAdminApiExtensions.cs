using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using L4Proxy.Aspire.Commands;
using L4Proxy.Aspire.Gateway;

namespace Aspire.Hosting;

/// <summary>The API of a gateway, on a listener of its own: it says whether the gateway is ready, and what the dashboard's commands do.</summary>
public static class L4ProxyAdminApiExtensions
{
    /// <summary>The name of the endpoint that <see cref="WithL4AdminApi"/> adds: <c>l4proxy-admin</c>.</summary>
    public const string AdminEndpointName = "l4proxy-admin";

    /// <summary>
    /// Has the gateway serve its API under <c>/l4proxy</c>, and <c>/healthz</c> and <c>/readyz</c>, which Aspire then asks whether it is healthy.
    /// The dashboard gets a link to the API's page and the commands Drain, Undrain and Reload. The endpoint is no part of what
    /// <c>WithReference(edge)</c> gives to consumers.
    /// </summary>
    /// <typeparam name="T">A project, an executable or a container.</typeparam>
    /// <param name="builder">The gateway. An application of one's own does as the Gateway sample with <c>Gateway:Admin</c> and <c>Gateway:AdminToken</c>.</param>
    /// <param name="port">The port. Default: a free one.</param>
    /// <param name="token">Who says it may use the API. Default: none on this machine, and a generated one where the API is open to a network: in a container, and when it is published.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="port"/> is not 1 to 65535.</exception>
    /// <exception cref="DistributedApplicationException">The resource has it already, or has another endpoint of that name.</exception>
    [AspireExport("withL4ProxyAdminApi")]
    public static IResourceBuilder<T> WithL4AdminApi<T>(this IResourceBuilder<T> builder, int? port = null, IResourceBuilder<ParameterResource>? token = null)
        where T : IResourceWithEndpoints, IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(builder);
        GatewayEndpoints.CheckPort(port);
        if (GatewayEndpoints.Find(builder.Resource, AdminEndpointName) is not null)
            throw new DistributedApplicationException($"Resource '{builder.Resource.Name}' has an endpoint '{AdminEndpointName}' already.");

        var gateway = Gateways.GetOrAdd(builder);
        GatewayEndpoints.Add(builder, gateway, AdminEndpointName, "http", ProtocolType.Tcp, port);
        gateway.Admin = new(builder.GetEndpoint(AdminEndpointName), token?.Resource ?? DefaultToken(builder));
        builder.WithEndpoint(AdminEndpointName, endpoint => endpoint.ExcludeReferenceEndpoint = true, createIfNotExists: false);
        builder.WithUrlForEndpoint(AdminEndpointName, url => (url.Url, url.DisplayText) = ("/l4proxy/docs", "L4Proxy API"));
        GatewayCommands.Add(builder, gateway.Admin);
        return builder;
    }

    private static ParameterResource? DefaultToken<T>(IResourceBuilder<T> builder)
        where T : IResourceWithEndpoints, IResourceWithEnvironment
    {
        var application = builder.ApplicationBuilder;
        return builder.Resource.IsContainer() || application.ExecutionContext.IsPublishMode
            ? ParameterResourceBuilderExtensions.CreateDefaultPasswordParameter(application, $"{builder.Resource.Name}-admin-token", special: false)
            : null;
    }
}
