using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using L4Proxy.Aspire.Gateway;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace L4Proxy.Aspire.Health;

/// <summary>
/// Asks a gateway whether it works: <c>/readyz</c> of its API where that is on, else its TCP endpoints, each of which must accept. What
/// Aspire's own proxy stands before is not asked, because that accepts for whom it has not seen yet.
/// </summary>
internal sealed class GatewayHealthCheck(IResourceWithEndpoints resource, GatewayAnnotation gateway) : IHealthCheck
{
    private static readonly HttpClient s_http = new() { Timeout = TimeSpan.FromSeconds(5) };

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        gateway.Admin is { } admin ? AskAsync(admin.Endpoint, cancellationToken) : ConnectAsync(cancellationToken);

    private static async Task<HealthCheckResult> AskAsync(EndpointReference endpoint, CancellationToken cancellationToken)
    {
        if (!endpoint.IsAllocated)
            return HealthCheckResult.Unhealthy("It has no address yet.");
        try
        {
            using var answer = await s_http.GetAsync(new Uri($"{endpoint.Url}/readyz"), cancellationToken);
            return answer.IsSuccessStatusCode ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy(await answer.Content.ReadAsStringAsync(cancellationToken));
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy(e.Message);
        }
    }

    private async Task<HealthCheckResult> ConnectAsync(CancellationToken cancellationToken)
    {
        var endpoints = gateway.Routes.Select(route => route.EndpointName).Distinct(StringComparer.OrdinalIgnoreCase).Select(name => resource.GetEndpoint(name))
            .Where(endpoint => endpoint.EndpointAnnotation is { Protocol: ProtocolType.Tcp, IsProxied: false });
        foreach (var endpoint in endpoints)
        {
            if (!endpoint.IsAllocated)
                return HealthCheckResult.Unhealthy($"Endpoint '{endpoint.EndpointName}' has no address yet.");
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(endpoint.Host, endpoint.Port, cancellationToken);
            }
            catch (SocketException e)
            {
                return HealthCheckResult.Unhealthy($"Endpoint '{endpoint.EndpointName}': {e.Message}");
            }
        }
        return HealthCheckResult.Healthy();
    }
}
