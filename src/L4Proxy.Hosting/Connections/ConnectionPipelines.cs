using System.Collections.Frozen;
using L4Proxy.Diagnostics;
using L4Proxy.Tcp;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Connections;

/// <summary>The application's connection middleware, by endpoint.</summary>
internal sealed class ConnectionPipelines(
    IEnumerable<EndpointMiddleware> registered, IServiceProvider services, TimeProvider time, PerSecondLimit lines, ILogger<ConnectionPipelines> log)
{
    // Made when first asked for: what it asks the services for may itself need the proxy.
    private readonly FrozenDictionary<string, Lazy<ConnectionDelegate>> _pipelines = registered.GroupBy(one => one.EndpointId).ToFrozenDictionary(
        ofEndpoint => ofEndpoint.Key, ofEndpoint => new Lazy<ConnectionDelegate>(() => Build(ofEndpoint, services)));

    /// <summary>Makes all of them, so that what is wrong shows at the start.</summary>
    public void Build()
    {
        foreach (var pipeline in _pipelines.Values)
            _ = pipeline.Value;
    }

    /// <summary>The station: runs what the session's endpoint has.</summary>
    public ValueTask<L4EndReason> EnterAsync(TcpSession session) => _pipelines.TryGetValue(session.Endpoint.Id, out var pipeline)
        ? new MiddlewareConnection(session, this, time).EnterAsync(pipeline)
        : new(L4EndReason.None);

    /// <summary>Says that one threw.</summary>
    public void Failed(TcpSession session, Exception exception)
    {
        if (lines.TryTake())
            log.MiddlewareFailed(exception, session.Id, session.Endpoint.Id);
    }

    private static ConnectionDelegate Build(IEnumerable<EndpointMiddleware> ofEndpoint, IServiceProvider services)
    {
        var builder = new ConnectionBuilder(services);
        foreach (var one in ofEndpoint)
            one.Configure(builder);
        // A middleware may put its own context around ours, and leaves the features.
        return builder.Run(context => ((MiddlewareConnection)context.Features.Get<IL4SessionFeature>()!).GoOnAsync()).Build();
    }
}
