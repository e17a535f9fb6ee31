using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using L4Proxy.Aspire.Gateway;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace L4Proxy.Aspire.Commands;

/// <summary>What can be done with a gateway in the dashboard: its API does it.</summary>
internal static class GatewayCommands
{
    public static void Add<T>(IResourceBuilder<T> builder, GatewayAdmin admin)
        where T : IResourceWithEndpoints
    {
        Add(builder, admin, "drain", "Drain", "Nothing new is taken; what is connected goes on.", "ArrowExit", "Draining takes the gateway out of service. Go on?", isWhenHealthy: true);
        Add(builder, admin, "undrain", "Undrain", "Takes a drain back.", "ArrowEnter", confirm: null, isWhenHealthy: false);
        Add(builder, admin, "reload", "Reload", "Reads configuration and certificates again now.", "ArrowClockwise", confirm: null, isWhenHealthy: null);
    }

    private static void Add<T>(IResourceBuilder<T> builder, GatewayAdmin admin, string name, string displayName, string description, string icon, string? confirm, bool? isWhenHealthy)
        where T : IResourceWithEndpoints =>
        builder.WithHttpCommand($"/l4proxy/v1/{name}", displayName, admin.Endpoint.EndpointName, $"l4proxy-{name}", new()
        {
            Method = HttpMethod.Post,
            Description = description,
            IconName = icon,
            ConfirmationMessage = confirm,
            PrepareRequest = request => AuthorizeAsync(request.Request, admin, request.CancellationToken),
            UpdateState = state => isWhenHealthy is { } wanted && wanted != (state.ResourceSnapshot.HealthStatus == HealthStatus.Healthy) ? ResourceCommandState.Hidden : ResourceCommandState.Enabled,
        });

    private static async Task AuthorizeAsync(HttpRequestMessage request, GatewayAdmin admin, CancellationToken cancellationToken)
    {
        if (admin.Token is { } token)
            request.Headers.Authorization = new("Bearer", await token.GetValueAsync(cancellationToken));
    }
}
