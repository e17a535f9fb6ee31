using L4Proxy.Configuration;
using L4Proxy.Configuration.Validation;

namespace L4Proxy.Connections;

/// <summary>Checks that connection middleware, which may be what protects an endpoint, is not registered where it would never run.</summary>
internal sealed class MiddlewareCheck(IEnumerable<EndpointMiddleware> registered) : IConfigCheck
{
    public void Check(ConfigGraph graph, ICollection<L4ConfigError> errors, ICollection<L4ConfigError> warnings)
    {
        foreach (var id in registered.Select(one => one.EndpointId).Distinct().Where(graph.IsUdp))
            errors.Add(new($"L4Proxy:Endpoints:{id}:Url", "The application has registered connection middleware for this endpoint, and UDP has no connections."));
    }
}
