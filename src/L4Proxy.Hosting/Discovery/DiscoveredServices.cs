using System.Diagnostics.CodeAnalysis;
using System.Net;
using L4Proxy.Destinations.Resolution;
using L4Proxy.Destinations.Services;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.ServiceDiscovery;

namespace L4Proxy.Discovery;

/// <summary>The services that Microsoft.Extensions.ServiceDiscovery knows of, where the application has registered it. Its changes are followed.</summary>
internal sealed class DiscoveredServices(IServiceProvider provider) : IServiceEndpoints
{
    public bool TryCheck(string name, [NotNullWhen(false)] out string? error)
    {
        error = Resolver is null ? $"'service:{name}' is looked up by Microsoft.Extensions.ServiceDiscovery, which is not registered: call 'AddL4Proxy().AddServiceDiscovery()'."
            : !IsName(name) ? $"'{name}' is not the name of a service, as in '_mqtt.broker', 'broker' or 'tcp://broker'."
            : null;
        return error is null;
    }

    /// <summary>Its providers are anybody's code: they run on the thread pool, and no connection waits longer for them than for a name.</summary>
    public Task<LookupAnswer<ServiceTargets>> LookUpAsync(string name) => Task.Run(async () =>
    {
        var source = await Resolver!.GetEndpointsAsync(name, CancellationToken.None);
        var hosts = source.Endpoints.Select(endpoint => HostOf(endpoint.EndPoint)).OfType<ServiceHost>().ToList();
        return new LookupAnswer<ServiceTargets>(before => ServiceTargets.Following(before, hosts))
        {
            Nothing = source.Endpoints.Count == 0 ? "Nobody knows of an endpoint of this service." : "No endpoint of this service has a host and a port.",
            Changes = source.ChangeToken,
        };
    });

    private ServiceEndpointResolver? Resolver => provider.GetService<ServiceEndpointResolver>();

    private static bool IsName(string name)
    {
        try
        {
            return ServiceEndpointQuery.TryParse(name, out _);
        }
        catch (InvalidOperationException)
        {
            // What is neither a name nor a URL ("a b", "://") makes it throw, in 10.11.0.
            return false;
        }
    }

    /// <summary>Where an endpoint is. One that nobody knows of comes back as the name that was asked for, with port 0.</summary>
    private static ServiceHost? HostOf(EndPoint endPoint)
    {
        var (host, port) = endPoint switch
        {
            IPEndPoint ip => (ip.Address.ToString(), ip.Port),
            DnsEndPoint dns => (dns.Host, dns.Port),
            // What configuration says as a URL comes as an end point of a type of its own, whose text is the URL.
            _ => Uri.TryCreate(endPoint.ToString(), UriKind.Absolute, out var url) ? (url.IdnHost, url.Port) : ("", 0),
        };
        return host.Length > 0 && port > 0 ? new ServiceHost(host, port) : null;
    }
}
