using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace L4Proxy.Gateway.Demo;

/// <summary>What a gateway would find on other machines: a web server with TLS, one without, an SSH banner and an echo.</summary>
internal sealed class Backends : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly List<ListenOptions> _listening = [];

    private Backends(X509Certificate2 certificate)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            Listen(kestrel, listen => listen.UseHttps(certificate));
            Listen(kestrel, _ => { });
            Listen(kestrel, listen => listen.UseConnectionHandler<BannerHandler>());
            Listen(kestrel, listen => listen.UseConnectionHandler<EchoHandler>());
        });
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public EndPoint Https => _listening[0].EndPoint;

    public EndPoint Http => _listening[1].EndPoint;

    public EndPoint Banner => _listening[2].EndPoint;

    public EndPoint Echo => _listening[3].EndPoint;

    public static async Task<Backends> StartAsync(X509Certificate2 certificate)
    {
        var backends = new Backends(certificate);
        await backends._app.StartAsync();
        return backends;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private void Listen(KestrelServerOptions kestrel, Action<ListenOptions> configure) =>
        kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            configure(listen);
            _listening.Add(listen);
        });

    private static Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        return context.Response.WriteAsync(request.IsHttps
            ? $"The TLS backend itself, with its own certificate, in {request.Protocol}: you asked https://{request.Host}{request.Path}\n"
            : $"The web backend, by way of YARP: you asked https://{request.Headers["X-Forwarded-Host"]}{request.Path}\n");
    }
}
