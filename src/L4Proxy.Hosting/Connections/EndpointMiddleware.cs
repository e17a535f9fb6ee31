using Microsoft.AspNetCore.Connections;

namespace L4Proxy.Connections;

/// <summary>What the application has said of the connections of an endpoint.</summary>
internal sealed record EndpointMiddleware(string EndpointId, Action<IConnectionBuilder> Configure);
