using System.Net.Sockets;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.House;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace L4Proxy.Aspire.Tests.Model;

/// <summary>An application's model that is never started.</summary>
internal sealed class ModelApp
{
    private readonly string[] _arguments;

    private ModelApp(params string[] arguments)
    {
        _arguments = arguments;
        Builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = arguments, DisableDashboard = true, TrustDeveloperCertificate = false });
    }

    public IDistributedApplicationBuilder Builder { get; }

    /// <summary>One that would be run.</summary>
    public static ModelApp Run() => new();

    /// <summary>One that is published to a manifest.</summary>
    public static ModelApp Publish(string manifest) => new("--operation", "publish", "--publisher", "manifest", "--output-path", manifest);

    /// <summary>A container with an endpoint.</summary>
    public EndpointReference Target(string name, string endpoint = "tcp", string scheme = "tcp", ProtocolType protocol = ProtocolType.Tcp, int port = 5432) =>
        Builder.AddContainer(name, "image").WithEndpoint(targetPort: port, scheme: scheme, name: endpoint, protocol: protocol).GetEndpoint(endpoint);

    /// <summary>The Gateway sample.</summary>
    public IResourceBuilder<ProjectResource> Gateway(string name = "edge") => Builder.AddProject(name, Repository.PathOf("samples/Gateway/Gateway.csproj"));

    /// <summary>Gives every endpoint the address that Aspire would: on this machine, and in the network of containers.</summary>
    public void Allocate(string host = "localhost")
    {
        var port = 40000;
        foreach (var resource in Builder.Resources)
        {
            foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>().Where(endpoint => endpoint.AllocatedEndpoint is null))
            {
                var at = endpoint.Port ?? port++;
                endpoint.AllocatedEndpoint = new AllocatedEndpoint(endpoint, host, at, targetPortExpression: $"{endpoint.TargetPort ?? at}");
                if (resource.IsContainer())
                {
                    var network = KnownNetworkIdentifiers.DefaultAspireContainerNetwork;
                    endpoint.AllAllocatedEndpoints.AddOrUpdateAllocatedEndpoint(network, new AllocatedEndpoint(
                        endpoint, $"{resource.Name}.dev.internal", endpoint.TargetPort ?? at, EndpointBindingMode.SingleAddress, targetPortExpression: null, network));
                }
            }
        }
    }

    /// <summary>The environment that Aspire would give to a resource: in the order of its names, without what is not the proxy's unless all is asked for.</summary>
    public async Task<SortedDictionary<string, string>> EnvironmentOfAsync(IResource resource, bool isAll = false)
    {
        var operation = Builder.ExecutionContext.Operation;
        await using var services = new ServiceCollection().BuildServiceProvider();
        var context = new DistributedApplicationExecutionContext(new DistributedApplicationExecutionContextOptions(operation) { Services = services });
        var configuration = await ExecutionConfigurationBuilder.Create(resource).WithEnvironmentVariablesConfig().BuildAsync(context, NullLogger.Instance, TestContext.Current.CancellationToken);
        return new(configuration.EnvironmentVariables.Where(variable => isAll || IsOurs(variable.Key)).ToDictionary(), StringComparer.Ordinal);
    }

    /// <summary>What the gateway makes of that environment, by its own reader.</summary>
    public async Task<L4Config> ConfigOfAsync(IResource resource)
    {
        var environment = await EnvironmentOfAsync(resource);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(environment.ToDictionary(variable => variable.Key.Replace("__", ":", StringComparison.Ordinal), string? (variable) => variable.Value)).Build();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddL4Proxy().LoadFromConfig(configuration.GetSection("L4Proxy"));
        await using var provider = services.BuildServiceProvider();
        var snapshot = provider.GetServices<IL4ConfigProvider>().Single().GetConfig();
        Assert.Empty(snapshot.Errors);
        return snapshot.Config;
    }

    /// <summary>The manifest, written.</summary>
    public async Task PublishAsync()
    {
        Assert.NotEmpty(_arguments);
        await using var app = Builder.Build();
        await app.RunAsync(TestContext.Current.CancellationToken);
    }

    private static bool IsOurs(string name) =>
        new[] { "L4Proxy__", "Gateway__", "Kestrel__", "L4PROXY_PORT_", "ASPNETCORE_URLS", "HTTP_PORTS" }.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));
}
