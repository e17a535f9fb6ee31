using L4Proxy.Providers;

namespace Snippets;

/// <summary>A control plane whose requests are signed.</summary>
internal static class ControlPlane
{
    public static void Add(IServiceCollection services)
    {
        services.AddTransient<SigningHandler>();
        services.AddHttpClient(L4ExpectedStateOptions.HttpClientName).AddHttpMessageHandler<SigningHandler>();
    }

    private sealed class SigningHandler : DelegatingHandler;
}
