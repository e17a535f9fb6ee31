using L4Proxy;
using L4Proxy.Api.Ports;
using L4Proxy.Configuration;
using L4Proxy.Providers;
using L4Proxy.Providers.Caddy;
using L4Proxy.Providers.Caddy.Admin;
using L4Proxy.Providers.Docker;
using L4Proxy.Providers.ExpectedState;
using L4Proxy.Providers.Following;
using L4Proxy.Providers.Http;
using L4Proxy.Providers.Traefik;
using L4Proxy.Snapshot;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Transforms.Builder;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds other people's configuration, which is followed, to what L4Proxy is told. Each may be added several times.</summary>
public static class L4ProvidersServiceCollectionExtensions
{
    /// <summary>
    /// Follows the file of a Caddy with its layer4 app, JSON or a Caddyfile, as <see cref="L4CaddyImport"/> reads it. A name that is listened on is looked up. Its ids here begin with <c>caddy.</c>. What of layer 4 cannot be carried over
    /// refuses the whole: at the start that fails, later what was there goes on.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="path">The file. A relative one is of the working directory.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    public static IServiceCollection AddL4ProxyCaddyProvider(this IServiceCollection services, string path)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(path);
        var full = Path.GetFullPath(path);
        return AddFiles(services, new($"Caddy's file '{full}'", "caddy.", isWhole: true), () => [full], files => CaddyNames.Parse(files[0].Value));
    }

    /// <summary>
    /// Follows the dynamic configuration of a Traefik, as <see cref="L4TraefikImport.Parse"/> reads it: all files of a directory, or one file. Its ids here begin with <c>traefik.</c>. A
    /// router that cannot be carried over is left out, with a warning; a file that cannot be read at all leaves everything as it was, and fails the start.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="path">The directory, or the file. A relative one is of the working directory.</param>
    /// <param name="options">Where entry points listen. Null (default): what <see cref="L4TraefikOptions"/> says.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> or <paramref name="path"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    public static IServiceCollection AddL4ProxyTraefikProvider(this IServiceCollection services, string path, L4TraefikOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(path);
        var full = Path.GetFullPath(path);
        services.TryAddSingleton<TraefikMetrics>();
        return AddFiles(
            services, new($"Traefik's files in '{full}'", "traefik.", isWhole: false), () => TraefikDirectory.FilesOf(full), files => TraefikDirectory.Parse(files, options ?? new()),
            (host, follower) => host.GetRequiredService<TraefikMetrics>().Followers.Add(follower));
    }

    /// <summary>
    /// Takes what is written by Caddy's admin API, which <c>MapL4ProxyCaddyApi</c> serves. Its ids here begin with <c>caddyapi.</c>. What of its layer 4 cannot be carried over refuses a
    /// write; what else stands in the document is kept and given back.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="path">A file that keeps the document across restarts, for the user of the process alone. A relative one is of the working directory. Null (default): it is gone then,
    /// as with a Caddy without <c>--resume</c>.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static IServiceCollection AddL4ProxyCaddyApi(this IServiceCollection services, string? path = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var full = path is null ? null : Path.GetFullPath(path);
        var provider = new FollowedProvider("Caddy's admin API", "caddyapi.", isWhole: true);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ITransformProvider, HeaderTransforms>());
        services.AddSingleton(host => new CaddySave(full, host.GetRequiredService<ILogger<CaddySave>>()));
        services.AddSingleton<IL4ConfigProvider>(host =>
        {
            var saved = host.GetRequiredService<CaddySave>();
            var imported = saved.Text is { } text ? L4CaddyImport.ParseJson(text, CaddyNames.Resolver()) : null;
            if (imported?.Errors.Count > 0)
                saved.Drop(imported.Errors);
            else if (imported is not null)
                provider.Publish(provider.SnapshotOf(imported));
            return provider;
        });
        services.AddSingleton(host => new CaddyDocument(provider, Follow(host, provider), new CaddyPorts(host.GetRequiredService<HostPorts>(), host.GetRequiredService<KestrelPlaces>(), host.GetRequiredService<ProxyServer>()), host.GetRequiredService<CaddySave>()));
        services.AddSingleton(host => new CaddyReads(host.GetService<TimeProvider>() ?? TimeProvider.System));
        return services.AddSingleton<CaddyAdmin>();
    }

    /// <summary>
    /// Asks a control plane again and again what is to be routed: its <c>tcpRoutes</c>, <c>udpRoutes</c>, <c>httpRoutes</c> and <c>certificates</c>, or a section <c>L4Proxy</c>. The ids here
    /// begin with <c>expected.</c>. A document that cannot be used whole is refused, and what was good last goes on.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="options">Where it is asked, and how.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">A URL is not absolute, or neither <c>http</c> nor <c>https</c>; or a time is out of range.</exception>
    public static IServiceCollection AddL4ProxyExpectedStateProvider(this IServiceCollection services, L4ExpectedStateOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        if (new[] { options.Url, options.ReportUrl }.Any(url => url is not null && !(url.IsAbsoluteUri && url.Scheme is "http" or "https")))
            throw new ArgumentException("A URL of the expected state is absolute, http or https.", nameof(options));
        if (options.PollInterval <= TimeSpan.Zero || options.Timeout <= TimeSpan.Zero || options.LongPoll < TimeSpan.Zero)
            throw new ArgumentException("An interval of the expected state is more than 0.", nameof(options));
        services.AddHttpClient(L4ExpectedStateOptions.HttpClientName);
        var provider = new FollowedProvider($"the expected state of {options.Url.GetLeftPart(UriPartial.Path)}", "expected.", isWhole: true);
        ExpectedStateFollower? follower = null;
        ExpectedStateFollower Of(IServiceProvider host) => follower ??= new(
            options, provider, () => Follow(host, provider), host.GetRequiredService<IHttpClientFactory>(), host.GetService<TimeProvider>() ?? TimeProvider.System,
            host.GetRequiredService<ILogger<ExpectedStateFollower>>());
        services.AddSingleton<IL4ConfigProvider>(host =>
        {
            Of(host).ReadFirst();
            return provider;
        });
        return services.AddSingleton<IHostedService>(Of);
    }

    /// <summary>
    /// Follows the containers of a Docker Engine: labels of Caddy's form (<c>caddy.layer4</c>) and of L4Proxy's own (<c>l4proxy.</c>) are routes while they run. The ids here begin with
    /// <c>docker-</c>. A label that is wrong leaves out its route; an Engine that cannot be reached leaves everything as it was.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="options">Which Engine, and how its containers are reached. Null (default): that of this machine.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static IServiceCollection AddL4ProxyDockerProvider(this IServiceCollection services, L4DockerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        options ??= new();
        var provider = new FollowedProvider($"the Docker Engine {options.Endpoint}", "", isWhole: false);
        services.AddSingleton<IL4ConfigProvider>(provider);
        return services.AddSingleton<IHostedService>(host => new DockerFollower(
            options, provider, () => Follow(host, provider), host.GetRequiredService<ConfigLoader>, host.GetService<TimeProvider>() ?? TimeProvider.System,
            host.GetRequiredService<ILogger<DockerFollower>>()));
    }

    private static IServiceCollection AddFiles(
        IServiceCollection services, FollowedProvider provider, Func<IEnumerable<string>> list, Func<IReadOnlyList<KeyValuePair<string, ReadOnlyMemory<byte>>>, L4ImportResult> parse,
        Action<IServiceProvider, FileFollower>? made = null)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ITransformProvider, HeaderTransforms>());
        FileFollower? follower = null;
        FileFollower Of(IServiceProvider host) => follower ??= new(
            new WatchedFiles(list), parse, provider, () => Follow(host, provider), host.GetService<TimeProvider>() ?? TimeProvider.System);
        services.AddSingleton<IL4ConfigProvider>(host =>
        {
            Of(host).ReadFirst();
            made?.Invoke(host, Of(host));
            return provider;
        });
        return services.AddSingleton<IHostedService>(Of);
    }

    private static FollowedConfig Follow(IServiceProvider host, FollowedProvider provider) =>
        new(provider, host.GetRequiredService<ConfigLoader>(), host.GetRequiredService<ILogger<FollowedConfig>>());
}
