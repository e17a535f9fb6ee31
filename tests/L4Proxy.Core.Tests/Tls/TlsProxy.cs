using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Destinations;
using L4Proxy.Snapshot;
using L4Proxy.Tcp;
using L4Proxy.Tls;
using Microsoft.Extensions.DependencyInjection;

namespace L4Proxy.Core.Tests.Tls;

/// <summary>The whole proxy with TLS of the test's making put into its models, where the configuration would put what it makes of files.</summary>
internal static class TlsProxy
{
    /// <summary>Clients' TLS ends at endpoint <c>in</c>; destinations are spoken to in the clear.</summary>
    public static TestProxy Terminating(EndPoint upstream, ServerTls? tls = null, L4Timeouts? timeouts = null) =>
        Start(Config.To(upstream, timeouts), tls ?? new TestServerTls());

    /// <summary>TLS to the destination; clients are spoken to in the clear.</summary>
    public static TestProxy Originating(EndPoint upstream, UpstreamTls? tls = null, L4Timeouts? timeouts = null) =>
        Start(Config.To(upstream, timeouts), upstream: tls ?? new TestUpstreamTls());

    /// <summary>TLS on both sides.</summary>
    public static TestProxy Both(EndPoint upstream) => Start(Config.To(upstream), new TestServerTls(), new TestUpstreamTls());

    public static TestProxy Start(
        L4Config config, ServerTls? server = null, UpstreamTls? upstream = null, Action<IServiceCollection>? configure = null)
    {
        var proxy = TestProxy.Start(config, configure);
        var snapshot = proxy.Server.Snapshot;
        Set(snapshot.Endpoints["in"], nameof(EndpointModel.Tls), server);
        foreach (var cluster in snapshot.Clusters.Values)
            Set(cluster, nameof(ClusterModel.Tls), upstream);
        return proxy;
    }

    /// <summary>Waits until a handshake with a client is under way.</summary>
    public static async Task HandshakeAsync(this TestProxy proxy)
    {
        while (!proxy.Get<SessionSet>().ToList().Any(session => session.Route is not null))
            await Task.Yield();
    }

    private static void Set(object model, string property, object? value) => model.GetType().GetProperty(property)!.SetValue(model, value);
}
