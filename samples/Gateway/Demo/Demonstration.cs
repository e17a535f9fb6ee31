using System.Net;
using L4Proxy.Configuration;
using Microsoft.Extensions.Logging.Console;
using Yarp.ReverseProxy.Configuration;

namespace L4Proxy.Gateway.Demo;

/// <summary>The main job with backends of its own: SNI passthrough, SSH and YARP on one port, plain TCP on another.</summary>
internal static class Demonstration
{
    private const string PassthroughName = "a.lacny.me";

    public static async Task RunAsync()
    {
        using var own = DemoCertificate.Create("localhost");
        using var theirs = DemoCertificate.Create(PassthroughName);
        await using var backends = await Backends.StartAsync(theirs);
        var (https, mqtt) = (DemoPort.Choose(8443), DemoPort.Choose(1883));

        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite);
        builder.Logging.AddFilter("Microsoft", LogLevel.Error).AddFilter("Yarp", LogLevel.Warning).LimitRequestLines();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(https, listen =>
        {
            listen.UseL4Proxy("https");
            listen.UseHttps(own);
        }));
        builder.Services.AddReverseProxy().LoadFromMemory(HttpRoutes, HttpClusters(backends));
        builder.Services.AddL4Proxy().LoadFromMemory(Routes(mqtt, backends));
        GatewayTelemetry.Add(builder, TelemetrySignals.Read());
        await using var app = builder.Build();
        app.MapReverseProxy();

        app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine(Lines(https, mqtt)));
        await GatewaySignals.RunAsync(app, app.Services.GetRequiredService<IL4Reload>().Reload);
    }

    private static RouteConfig[] HttpRoutes => [new() { RouteId = "web", ClusterId = "web", Match = new() { Path = "{**all}" } }];

    private static ClusterConfig[] HttpClusters(Backends backends) =>
    [
        new()
        {
            ClusterId = "web",
            Destinations = new Dictionary<string, DestinationConfig> { ["a"] = new() { Address = $"http://{backends.Http}" } },
        },
    ];

    private static L4Config Routes(int mqtt, Backends backends) => new()
    {
        Endpoints = new Dictionary<string, L4Endpoint>
        {
            ["https"] = new(), // the endpoint above that says UseL4Proxy("https")
            ["mqtt"] = new() { Url = $"tcp://localhost:{mqtt}" },
        },
        Routes = new Dictionary<string, L4Route>
        {
            ["lacny"] = new() { Endpoints = ["https"], Match = new() { Sni = ["*.lacny.me"] }, ClusterId = "lacny" },
            ["ssh"] = new() { Endpoints = ["https"], Match = new() { Protocols = ["ssh"] }, ClusterId = "bastion" },
            ["mqtt"] = new() { Endpoints = ["mqtt"], ClusterId = "broker" },
        },
        Clusters = new Dictionary<string, L4Cluster>
        {
            ["lacny"] = To(backends.Https),
            ["bastion"] = To(backends.Banner),
            ["broker"] = To(backends.Echo),
        },
    };

    private static L4Cluster To(EndPoint backend) =>
        new() { Destinations = new Dictionary<string, L4Destination> { ["a"] = new() { Address = $"{backend}" } } };

    private static string Lines(int https, int mqtt) =>
        $"""

        Port {https} is shared by TLS passthrough, SSH and HTTPS. Try:

          # {PassthroughName} is passed through: the backend answers with its own certificate
          curl -ks --resolve {PassthroughName}:{https}:127.0.0.1 https://{PassthroughName}:{https}/
          openssl s_client -connect 127.0.0.1:{https} -servername {PassthroughName} </dev/null 2>/dev/null | grep ^subject

          # every other name is Kestrel's and YARP's, in HTTP/2 or HTTP/1.1
          curl -ks https://localhost:{https}/
          curl -ks --http1.1 https://localhost:{https}/
          openssl s_client -connect 127.0.0.1:{https} -servername localhost </dev/null 2>/dev/null | grep ^subject

          # a client that speaks SSH reaches a server that sends an SSH banner
          echo SSH-2.0-me | curl -sm 1 telnet://127.0.0.1:{https}

        Port {mqtt} is plain TCP; an echo stands in for the broker. Try:

          echo hello | curl -sm 1 telnet://127.0.0.1:{mqtt}

        Ctrl+C ends it.
        """;
}
