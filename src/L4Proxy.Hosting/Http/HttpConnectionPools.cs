using System.Diagnostics;
using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using L4Proxy.Destinations;
using Microsoft.AspNetCore.Connections.Features;
using Yarp.ReverseProxy.Forwarder;

namespace L4Proxy.Http;

/// <summary>
/// Connections to the destinations of one cluster, kept for the next request. Where a destination is told by a PROXY header whose connection it is, each connection
/// of a client has connections of its own, which end with it.
/// </summary>
internal sealed class HttpConnectionPools(HttpDialler dialler, HeaderEncodings encodings)
{
    // So long an address that has changed is still used by connections that are busy all the time.
    private static readonly TimeSpan s_lifetime = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private Pool? _shared;

    /// <summary>Sends a request on a connection to its destination.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpCall call, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var pool = call.ProxyHeader is null ? Shared(call.Cluster) : OfClient(call);
        request.RequestUri = AddressOf(call, request.RequestUri!);
        (call.FailuresBefore, call.HasDialled) = (dialler.Failures, false);
        return pool.Invoker.SendAsync(request, cancellationToken);
    }

    /// <summary>Connections are kept by what is in the place of the host: the destination's own, as YARP has it, so that mostly nothing is to be done.</summary>
    private static Uri AddressOf(HttpCall call, Uri uri)
    {
        var (text, authority) = (uri.OriginalString, HttpRouteMapper.AuthorityOf(call.Destination!, call.LocalPort, call.Captures));
        var begin = text.IndexOf("://", StringComparison.Ordinal) + 3;
        var end = text.IndexOf('/', begin);
        var target = call.Target is { } own ? (Text: own.AsMemory(), IsRaw: true) : RequestTarget.AsWritten(call.Context, text, end);
        if (!target.IsRaw && text.AsSpan(begin, end - begin).SequenceEqual(authority))
            return uri;
        // What comes behind the authority stays as the client wrote it.
        return new Uri($"{HttpRouteMapper.SchemeOf(call.Cluster)}://{authority}{target.Text}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = target.IsRaw });
    }

    private Pool Shared(ClusterModel cluster)
    {
        if (_shared is { } known && known.IsFor(cluster))
            return known;
        lock (_gate)
        {
            // What is under way goes on in the old one, and what is idle there ends by itself.
            return _shared is { } renewed && renewed.IsFor(cluster) ? renewed : _shared = new Pool(cluster, dialler, encodings, _shared);
        }
    }

    private Pool OfClient(HttpCall call)
    {
        var cluster = call.Cluster;
        var items = call.Context.Features.Get<IConnectionItemsFeature>()!.Items;
        lock (items)
        {
            if (items.TryGetValue(this, out var known) && known is Pool pool && pool.IsFor(cluster))
                return pool;
            var (before, own) = (known as Pool, new Pool(cluster, dialler, encodings, known as Pool));
            items[this] = own;
            if (own.Invoker != before?.Invoker)
                call.Context.Features.Get<IConnectionLifetimeFeature>()?.ConnectionClosed.UnsafeRegister(static state => ((HttpMessageInvoker)state!).Dispose(), own.Invoker);
            return own;
        }
    }

    private sealed class Pool
    {
        private readonly byte[] _settings;
        private volatile ClusterModel _cluster;

        public Pool(ClusterModel cluster, HttpDialler dialler, HeaderEncodings encodings, Pool? before)
        {
            _cluster = cluster;
            _settings = SettingsOf(cluster);
            Invoker = before is not null && _settings.AsSpan().SequenceEqual(before._settings) ? before.Invoker : new HttpMessageInvoker(HandlerFor(dialler, encodings));
        }

        public HttpMessageInvoker Invoker { get; }

        public bool IsFor(ClusterModel cluster) => ReferenceEquals(_cluster, cluster);

        /// <summary>All that connections are made by, but where to.</summary>
        private static byte[] SettingsOf(ClusterModel cluster) =>
            ConfigWriter.Write(L4Cluster.Keys.Shape, cluster.Config with { Destinations = null, HealthCheck = null, Metadata = null, LoadBalancingPolicy = null });

        private static SocketsHttpHandler HandlerFor(HttpDialler dialler, HeaderEncodings encodings) => new()
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            EnableMultipleHttp2Connections = true,
            InitialHttp2StreamWindowSize = Http2Windows.OfStream,
            ActivityHeadersPropagator = new ReverseProxyPropagator(DistributedContextPropagator.Current),
            PooledConnectionLifetime = s_lifetime,
            ConnectTimeout = Timeout.InfiniteTimeSpan, // The dialler has its own.
            RequestHeaderEncodingSelector = (name, _) => encodings.OfRequests(name),
            ResponseHeaderEncodingSelector = (name, _) => encodings.OfAnswers(name),
            ConnectCallback = dialler.ConnectAsync,
        };
    }
}
