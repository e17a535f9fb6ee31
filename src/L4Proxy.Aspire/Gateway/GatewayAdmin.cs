using Aspire.Hosting.ApplicationModel;

namespace L4Proxy.Aspire.Gateway;

/// <summary>The listener of a gateway's API.</summary>
/// <param name="Endpoint">The endpoint of the gateway.</param>
/// <param name="Token">Who says it may use the API; null where this machine alone can reach it.</param>
internal sealed record GatewayAdmin(EndpointReference Endpoint, ParameterResource? Token);
