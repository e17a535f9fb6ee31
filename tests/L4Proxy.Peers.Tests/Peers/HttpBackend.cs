using System.Net;
using L4Proxy.Peers.Tests.Programs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Peers.Tests.Peers;

/// <summary>A web application behind YARP.</summary>
internal sealed class HttpBackend : IAsyncDisposable
{
    private readonly WebApplication _app;

    private HttpBackend(WebApplication app, int port)
    {
        _app = app;
        Port = port;
    }

    public int Port { get; }

    /// <summary>What it answers to a request for <paramref name="name"/>.</summary>
    public static string Answer(string name) => $"web saw {name}";

    public static async Task<HttpBackend> StartAsync(CancellationToken cancellation)
    {
        var port = LoopbackPorts.Next();
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        var app = builder.Build();
        app.Run(context => context.Response.WriteAsync(Answer(HostName(context.Request))));
        await app.StartAsync(cancellation);
        return new(app, port);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    // YARP asks with the destination's host name and passes the client's on.
    private static string HostName(HttpRequest request) =>
        request.Headers["X-Forwarded-Host"].ToString() is { Length: > 0 } forwarded ? new HostString(forwarded).Host : request.Host.Host;
}
