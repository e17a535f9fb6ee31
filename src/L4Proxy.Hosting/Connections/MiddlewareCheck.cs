using L4Proxy.Configuration;

namespace L4Proxy.Connections;

/// <summary>Checks that connection middleware, which may be what protects an endpoint, is not registered where it would never run.</summary>
internal sealed class MiddlewareCheck(IEnumerable<EndpointMiddleware> registered) : IConfigCheck
{
    public void Check(L4Config config, ICollection<L4ConfigError> errors, ICollection<L4ConfigError> warnings)
    {
        foreach (var id in registered.Select(one => one.EndpointId).Distinct())
        {
            if (config.Endpoints?.GetValueOrDefault(id)?.Url is { } text && EndpointUrl.TryParse(text, out var url, out _) && url.IsUdp)
                errors.Add(new($"L4Proxy:Endpoints:{id}:Url", "The application has registered connection middleware for this endpoint, and UDP has no connections."));
        }
    }
}
