using System.Collections.Concurrent;
using System.Net;
using L4Proxy.Core.Tests.House;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Peers.Tests.Peers;

/// <summary>A web application behind YARP.</summary>
internal sealed class HttpBackend : IAsyncDisposable
{
    private readonly WebApplication _app;

    private HttpBackend(WebApplication app, int port, IReadOnlyCollection<string> clients)
    {
        _app = app;
        Port = port;
        Clients = clients;
    }

    public int Port { get; }

    /// <summary>Who asked, an entry for each request: what <c>X-Forwarded-For</c> says.</summary>
    public IReadOnlyCollection<string> Clients { get; }

    /// <summary>What it answers to a request for <paramref name="name"/>.</summary>
    public static string Answer(string name) => $"web saw {name}";

    public static async Task<HttpBackend> StartAsync(CancellationToken cancellation)
    {
        var port = FreePorts.Next();
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        var app = builder.Build();
        var clients = new ConcurrentQueue<string>();
        app.Run(context =>
        {
            clients.Enqueue(context.Request.Headers["X-Forwarded-For"].ToString());
            return context.Response.WriteAsync(Answer(HostName(context.Request)));
        });
        await app.StartAsync(cancellation);
        return new(app, port, clients);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    // YARP asks with the destination's host name and passes the client's on.
    private static string HostName(HttpRequest request) =>
        request.Headers["X-Forwarded-Host"].ToString() is { Length: > 0 } forwarded ? new HostString(forwarded).Host : request.Host.Host;
}
