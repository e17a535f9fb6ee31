using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Peers.Tests.Http;

/// <summary>A browser that uses one HTTP/2 connection for two names of a certificate, one of which is served here and one passed on.</summary>
[Trait("Runs", "Once")]
public sealed class CoalescingTests
{
    private const string Served = "web.example.com";
    private const string PassedOn = "own.example.com";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Row", "D1")]
    public async Task Chromium_reaches_the_right_server_of_each_name()
    {
        using var directory = new TempDirectory();
        var certificate = ServerCertificate.Create(directory, "both", Served, PassedOn);
        var port = FreePorts.Next();
        var (webPort, ownPort) = (FreePorts.Next(), FreePorts.Next());
        var requests = new ConcurrentQueue<string>();
        await using var web = await StartAsync(webPort, null, requests, "text/html", $"<html><body><script src='https://{PassedOn}:{port}/script.js'></script></body></html>");
        await using var own = await StartAsync(ownPort, certificate, requests, "text/javascript", "document.body.append('its own server answered');");
        await using var gateway = await GatewayProcess.StartAsync(Json(port, certificate, webPort, ownPort), Cancellation);

        var page = await Chromium.LoadAcceptingAsync(Served, "example.com", port, certificate, Cancellation);

        Assert.Contains("its own server answered", page, StringComparison.Ordinal);
        Assert.Equal([$"{PassedOn} /script.js own"], requests.Where(request => request.Contains("script.js", StringComparison.Ordinal)));
        // It had asked for it on the connection that it had.
        Assert.Matches(@"/script\.js .*\b421\b", gateway.Log.Text);
    }

    private static string Json(int port, ServerCertificate certificate, int web, int own) => $$"""
        {
          "Logging": { "LogLevel": { "Microsoft.AspNetCore.Hosting.Diagnostics": "Information" } },
          "L4Proxy": {
            "Endpoints": { "https": { "Url": "tcp://127.0.0.1:{{port}}" } },
            "Routes": {
              "web": { "Mode": "L7", "Match": { "Sni": ["{{Served}}"] }, "ClusterId": "web", "Certificate": {{certificate.Json}} },
              "own": { "Match": { "Sni": ["{{PassedOn}}"] }, "ClusterId": "own" }
            },
            "Clusters": {
              "web": { "Destinations": { "a": { "Address": "127.0.0.1:{{web}}" } } },
              "own": { "Destinations": { "a": { "Address": "127.0.0.1:{{own}}" } } }
            }
          }
        }
        """;

    /// <summary>A server of one answer, with TLS or without.</summary>
    private static async Task<WebApplication> StartAsync(int port, ServerCertificate? certificate, ConcurrentQueue<string> requests, string type, string answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen =>
        {
            if (certificate is not null)
                listen.UseHttps(X509Certificate2.CreateFromPemFile(certificate.CertificatePath, certificate.KeyPath));
        }));
        var app = builder.Build();
        app.Run(context =>
        {
            requests.Enqueue($"{context.Request.Host.Host} {context.Request.Path} {(context.Request.IsHttps ? "own" : "web")}");
            context.Response.ContentType = type;
            return context.Response.WriteAsync(answer);
        });
        await app.StartAsync(Cancellation);
        return app;
    }
}
