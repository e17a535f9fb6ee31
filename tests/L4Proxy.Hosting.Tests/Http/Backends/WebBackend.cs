using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Hosting.Tests.Hosts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Hosting.Tests.Http.Backends;

/// <summary>A web application that speaks one version of HTTP.</summary>
internal sealed class WebBackend : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly BackendProtocol _protocol;
    private readonly string _certificate;

    private WebBackend(WebApplication app, BackendProtocol protocol, string certificate)
    {
        _app = app;
        _protocol = protocol;
        _certificate = certificate;
    }

    public int Port => new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;

    /// <summary>What it speaks, as a cluster says it.</summary>
    public L4HttpProtocol Protocol => _protocol switch
    {
        BackendProtocol.Http1 => L4HttpProtocol.Http1,
        BackendProtocol.H2c => L4HttpProtocol.H2c,
        _ => L4HttpProtocol.H2,
    };

    /// <summary>The keys of a cluster that speak to it as it wants.</summary>
    public string How => _protocol switch
    {
        BackendProtocol.Http1 => """ "Http": { "Protocol": "http1" } """,
        BackendProtocol.H2c => """ "Http": { "Protocol": "h2c" } """,
        _ => $$""" "Http": { "Protocol": "h2" }, "Tls": { "ServerName": "localhost", "Ca": "{{_certificate}}" } """,
    };

    /// <summary>The keys of a cluster with it alone.</summary>
    public string Cluster => $$""" "Destinations": { "a": { "Address": "127.0.0.1:{{Port}}" } }, {{How}} """;

    public static async Task<WebBackend> StartAsync(
        BackendProtocol protocol, Action<WebApplication> map, Action<IServiceCollection>? configure = null)
    {
        var certificate = Path.GetTempFileName();
        await File.WriteAllTextAsync(certificate, TestCertificate.Localhost.ExportCertificatePem(), TestContext.Current.CancellationToken);
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Logging.ClearProviders();
        builder.Services.AddRouting();
        configure?.Invoke(builder.Services);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = protocol == BackendProtocol.Http1 ? HttpProtocols.Http1 : HttpProtocols.Http2;
            if (protocol == BackendProtocol.H2)
                listen.UseHttps(TestCertificate.Localhost);
        }));
        var app = builder.Build();
        app.MapGet("/seen", Seen);
        map(app);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new WebBackend(app, protocol, certificate);
    }

    public async ValueTask DisposeAsync()
    {
        // Nothing is waited for: what a test leaves open is no backend's to finish.
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
        File.Delete(_certificate);
    }

    /// <summary>What has come here: version, scheme, host and path on the first line, a header on each other.</summary>
    private static string Seen(HttpRequest request) =>
        $"{request.Protocol} {request.Scheme} {request.Host} {request.Path}\n" + string.Concat(request.Headers.Select(h => $"{h.Key}: {h.Value}\n"));
}
