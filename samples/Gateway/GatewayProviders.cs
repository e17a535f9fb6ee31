using System.Runtime.CompilerServices;

namespace L4Proxy.Gateway;

/// <summary>Other people's configuration that a file asks for. A gateway without any does not load what it takes: each assembly holds two descriptors.</summary>
internal static class GatewayProviders
{
    // Beside FILE, as the caches of stores are.
    private const string CaddySave = "l4proxy-caddy.json";
    private const string ExpectedState = "l4proxy-expected-state.json";

    /// <summary>Adds what is followed.</summary>
    public static void Add(IServiceCollection services, GatewayOptions options, string directory)
    {
        if (options.CaddyConfig is { } caddy)
            AddCaddy(services, Path.Combine(directory, caddy));
        if (options.CaddyApi)
            AddCaddyApi(services, Path.Combine(directory, CaddySave));
        if (options.TraefikDirectory is { } traefik)
            AddTraefik(services, Path.Combine(directory, traefik), options.TraefikEntryPoints);
        if (options.Docker is { } docker)
            AddDocker(services, docker);
        if (options.ExpectedState is { } state)
            AddExpectedState(services, state, Path.Combine(directory, ExpectedState));
    }

    /// <summary>Serves Caddy's admin API.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static IEndpointConventionBuilder MapCaddyApi(IEndpointRouteBuilder endpoints, Action<L4ProxyApiOptions> configure) => endpoints.MapL4ProxyCaddyApi(configure);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddCaddy(IServiceCollection services, string path) => services.AddL4ProxyCaddyProvider(path);

    /// <summary>Serves the metric by which a control plane sees that its files were taken.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static IEndpointConventionBuilder MapTraefikMetrics(IEndpointRouteBuilder endpoints) => endpoints.MapL4ProxyTraefikMetrics();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddTraefik(IServiceCollection services, string path, IReadOnlyDictionary<string, string> entryPoints) =>
        services.AddL4ProxyTraefikProvider(path, new() { EntryPoints = entryPoints });

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddDocker(IServiceCollection services, Uri engine) => services.AddL4ProxyDockerProvider(new() { Endpoint = engine });

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddExpectedState(IServiceCollection services, Uri url, string path) => services.AddL4ProxyExpectedStateProvider(new() { Url = url, StateFile = path });

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddCaddyApi(IServiceCollection services, string path) => services.AddL4ProxyCaddyApi(path);
}
