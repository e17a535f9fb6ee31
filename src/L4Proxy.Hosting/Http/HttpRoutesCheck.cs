using L4Proxy.Configuration;
using L4Proxy.Configuration.Validation;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Forwarder;

namespace L4Proxy.Http;

/// <summary>Checks that YARP is there where routes of HTTP requests are, and sends them as L4Proxy says.</summary>
internal sealed class HttpRoutesCheck(IServiceProvider services, IServiceProviderIsService known) : IConfigCheck
{
    public void Check(ConfigGraph graph, ICollection<L4ConfigError> errors, ICollection<L4ConfigError> warnings)
    {
        if (graph.HttpRoutes.Count == 0 || WhatIsMissing() is not { } missing)
            return;
        foreach (var (id, _) in graph.HttpRoutes.Where(route => !route.Value.IsOnKestrel))
            errors.Add(new($"L4Proxy:Routes:{id}:Mode", missing));
        // Names in DNS serve without it, and a store must not keep an application from starting.
        if (graph.HttpRoutes.Any(route => route.Value.IsOnKestrel))
            warnings.Add(new("L4Proxy:Records", $"Requests for records are not proxied. {missing}"));
    }

    private string? WhatIsMissing()
    {
        if (!known.IsService(typeof(IProxyStateLookup)))
            return "'L7' needs YARP in this host: services.AddReverseProxy() and app.MapReverseProxy().";
        return services.GetService<IForwarderHttpClientFactory>() is HttpClusterClients
            ? null
            : "The application makes YARP's HTTP clients itself (ConfigureHttpClient, or an IForwarderHttpClientFactory): call AddL4Proxy() after that.";
    }
}
