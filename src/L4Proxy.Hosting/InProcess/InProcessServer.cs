using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace L4Proxy.InProcess;

/// <summary>
/// A Kestrel for the same application as the app's server, without addresses. On one port without TLS, Kestrel serves either HTTP/1.1
/// or HTTP/2; this one has both, and a connection's first bytes decide.
/// </summary>
internal sealed class InProcessServer(
    IOptions<KestrelServerOptions> appOptions, InProcessHttp http, IServiceProvider services, TimeProvider time, ILoggerFactory loggerFactory) : IServer
{
    private KestrelServer? _server;

    public IFeatureCollection Features { get; } = new FeatureCollection();

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        var http1 = new InProcessEndPoint("l4proxy-http1");
        _server = new KestrelServer(
            Options.Create(MakeOptions(http1, new InProcessEndPoint("l4proxy-http2"))), new InProcessListenerFactory(http1, http.Queue), loggerFactory);
        return _server.StartAsync(application, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => _server?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public void Dispose() => _server?.Dispose();

    private KestrelServerOptions MakeOptions(InProcessEndPoint http1, InProcessEndPoint http2)
    {
        var options = InProcessOptions.From(appOptions.Value, services);
        ConnectionDelegate? serveHttp2 = null;
        // Bound first, so that its pipeline is there when the other one is built.
        options.Listen(http2, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.Use(next => serveHttp2 = next);
        });
        options.Listen(http1, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(next => new HttpVersionMiddleware(next, serveHttp2!, options.Limits.KeepAliveTimeout, time).OnConnectionAsync);
        });
        return options;
    }
}
