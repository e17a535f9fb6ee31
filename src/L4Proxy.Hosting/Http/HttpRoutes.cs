using System.Collections.Frozen;
using L4Proxy.Configuration;
using L4Proxy.Snapshot;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Configuration;

namespace L4Proxy.Http;

/// <summary>
/// The routes of HTTP requests and their clusters as YARP reads them, beside what the application gives it. YARP takes what is published while it is
/// published, unless a filter of the application's takes longer: requests of a route that is new then wait.
/// </summary>
internal sealed class HttpRoutes : IProxyConfigProvider, IConfigChangeListener
{
    private volatile Published _current = new(ProxySnapshot.Empty, before: null);
    private volatile TaskCompletionSource _applied = NewSignal();

    /// <summary>Follows the proxy.</summary>
    public HttpRoutes(ProxyServer server)
    {
        _applied.SetResult();
        server.Applied += Publish;
        if (server.Snapshot.Revision > 0)
            Publish(server.Snapshot);
    }

    /// <summary>Whether YARP is there and serves: <c>MapReverseProxy</c> has asked.</summary>
    public bool IsMapped { get; private set; }

    /// <summary>Those that are in force.</summary>
    public Published Current => _current;

    public IProxyConfig GetConfig()
    {
        IsMapped = true;
        return _current;
    }

    /// <summary>Completes when YARP has what was published last, or fails where it does not want it.</summary>
    public Task WaitUntilAppliedAsync(CancellationToken cancellationToken) => _applied.Task.WaitAsync(cancellationToken);

    public void ConfigurationApplied(IReadOnlyList<IProxyConfig> proxyConfigs)
    {
        if (AreOf(_current, proxyConfigs))
            _applied.TrySetResult();
    }

    public void ConfigurationApplyingFailed(IReadOnlyList<IProxyConfig> proxyConfigs, Exception exception)
    {
        if (AreOf(_current, proxyConfigs))
            _applied.TrySetException(exception);
    }

    public void ConfigurationLoaded(IReadOnlyList<IProxyConfig> proxyConfigs)
    {
    }

    public void ConfigurationLoadingFailed(IProxyConfigProvider configProvider, Exception exception)
    {
        if (configProvider == this)
            _applied.TrySetException(exception);
    }

    /// <summary>Whether one of them is ours: where the application resolves destinations, YARP has a wrapper of it with the same routes.</summary>
    private static bool AreOf(Published current, IReadOnlyList<IProxyConfig> configs) => configs.Any(config => ReferenceEquals(config.Routes, current.Routes));

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Publish(ProxySnapshot snapshot)
    {
        var before = _current;
        // Who waits for one that was never taken waits for the next.
        if (_applied.Task.IsCompleted)
            _applied = NewSignal();
        _current = new Published(snapshot, before);
        before.Replace();
    }

    /// <summary>The routes of one configuration.</summary>
    internal sealed class Published : IProxyConfig
    {
        private readonly ConfigurationReloadToken _replaced = new();
        private readonly Dictionary<string, (L4Route Said, RouteConfig Config)> _routes = new(StringComparer.Ordinal);
        private readonly Dictionary<string, (L4Cluster Said, ClusterConfig Config)> _clusters = new(StringComparer.Ordinal);

        /// <summary>Those of a configuration.</summary>
        /// <param name="snapshot">It.</param>
        /// <param name="before">The ones before: of what is said as it was, YARP gets what it has, and need not compare it.</param>
        public Published(ProxySnapshot snapshot, Published? before)
        {
            Snapshot = snapshot;
            Indexes = snapshot.Endpoints.ToFrozenDictionary(endpoint => endpoint.Key, endpoint => new HttpRouteIndex(endpoint.Value));
            OnKestrel = HttpRouteIndex.OfKestrel(snapshot);
            // Those that answer by themselves are none of YARP's.
            foreach (var route in snapshot.HttpRoutes.Where(route => route.Cluster is not null))
            {
                _routes.Add(route.Id, Known(before?._routes, route.Id, route.Config) ?? (route.Config, HttpRouteMapper.RouteOf(route)));
                var cluster = route.Cluster!;
                if (!_clusters.ContainsKey(cluster.Id))
                    _clusters.Add(cluster.Id, Known(before?._clusters, cluster.Id, cluster.Config) ?? (cluster.Config, HttpRouteMapper.ClusterOf(cluster)));
            }
            Routes = [.. _routes.Values.Select(route => route.Config)];
            Clusters = [.. _clusters.Values.Select(cluster => cluster.Config)];
        }

        /// <summary>The configuration that they are of.</summary>
        public ProxySnapshot Snapshot { get; }

        /// <summary>They, by the endpoint that they are on.</summary>
        public FrozenDictionary<string, HttpRouteIndex> Indexes { get; }

        /// <summary>Those that are on every endpoint of Kestrel's, behind its own; null where there is none.</summary>
        public HttpRouteIndex? OnKestrel { get; }

        public IReadOnlyList<RouteConfig> Routes { get; }

        public IReadOnlyList<ClusterConfig> Clusters { get; }

        public IChangeToken ChangeToken => _replaced;

        public void Replace() => _replaced.OnReload();

        private static (TSaid Said, TConfig Config)? Known<TSaid, TConfig>(Dictionary<string, (TSaid Said, TConfig Config)>? before, string id, TSaid said)
            where TSaid : class =>
            before is not null && before.TryGetValue(id, out var known) && ReferenceEquals(known.Said, said) ? known : null;
    }
}
