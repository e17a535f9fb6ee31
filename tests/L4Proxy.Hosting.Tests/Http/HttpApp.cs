using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using L4Proxy.Configuration;
using L4Proxy.Hosting.Tests.Hosts;
using L4Proxy.Kestrel;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace L4Proxy.Hosting.Tests.Http;

/// <summary>An application with YARP and any configuration of L4Proxy, which can be replaced.</summary>
internal sealed class HttpApp : IAsyncDisposable
{
    private readonly string _directory;

    private HttpApp(TestApp test, string directory) => (Test, _directory) = (test, directory);

    public TestApp Test { get; }

    public IServiceProvider Services => Test.App.Services;

    /// <summary>Starts it.</summary>
    /// <param name="config">Makes the configuration, with a certificate for <c>*.example.com</c>.</param>
    /// <param name="configure">Does more to the app and to YARP.</param>
    /// <param name="map">Maps what is served; YARP unless something else is said.</param>
    public static async Task<HttpApp> StartAsync(
        Func<L4Certificate, L4Config> config, Action<WebApplicationBuilder, IReverseProxyBuilder>? configure = null, Action<WebApplication>? map = null)
    {
        var directory = Directory.CreateTempSubdirectory("l4proxy-").FullName;
        var test = await TestApp.StartAsync(
            builder =>
            {
                builder.Services.Replace(ServiceDescriptor.Singleton<IL4ConnectionGate, ProxyGate>());
                var yarp = builder.Services.AddReverseProxy();
                builder.Services.AddL4Proxy().LoadFromMemory(WithTransport(config(WriteCertificate(directory))));
                configure?.Invoke(builder, yarp);
            },
            map: map ?? (app => app.MapReverseProxy()));
        return new HttpApp(test, directory);
    }

    /// <summary>A cluster of ports of 127.0.0.1.</summary>
    public static L4Cluster Cluster(params int[] ports) =>
        new() { Destinations = ports.Select((port, i) => (Id: $"d{i}", Port: port)).ToDictionary(d => d.Id, d => new L4Destination { Address = $"127.0.0.1:{d.Port}" }) };

    /// <summary>A route of HTTP requests.</summary>
    public static L4Route Route(string endpoints, string name, string cluster = "web") =>
        new() { Endpoints = endpoints.Split(' '), Mode = L4RouteMode.L7, Match = new() { Sni = [name] }, ClusterId = cluster };

    /// <summary>Replaces the configuration, and returns when YARP has it.</summary>
    public async Task UpdateAsync(L4Config config)
    {
        var server = Services.GetRequiredService<ProxyServer>();
        var before = server.Snapshot.Revision;
        Services.GetRequiredService<L4InMemoryConfigProvider>().Update(WithTransport(config));
        var routes = Services.GetRequiredService<L4Proxy.Http.HttpRoutes>();
        await Deadline.Until(() => routes.Current.Snapshot.Revision > before);
        await routes.WaitUntilAppliedAsync(TestContext.Current.CancellationToken).InTime();
    }

    /// <summary>How many requests are at the destinations of a cluster.</summary>
    public int ActiveAt(string cluster) =>
        Services.GetRequiredService<IL4DestinationHealth>().GetDestinations().Where(destination => destination.ClusterId == cluster).Sum(destination => destination.ActiveConnections);

    /// <summary>How many requests wait for a destination of a cluster.</summary>
    public int WaitingFor(string cluster) => Services.GetRequiredService<ProxyServer>().Snapshot.Clusters[cluster].State.Queue?.Count ?? 0;

    /// <summary>The port of an endpoint.</summary>
    public int PortOf(string endpoint) => Services.GetRequiredService<IL4Endpoints>().Find(endpoint)!.Port!.Value;

    /// <summary>A client whose connections all go to an endpoint, whatever they are for.</summary>
    /// <param name="endpoint">The endpoint; null for the app's own address.</param>
    /// <param name="version">The only version that it speaks.</param>
    /// <param name="serverName">What its TLS asks for, where that is not the host of the request.</param>
    public HttpClient CreateClient(string? endpoint, Version? version = null, string? serverName = null) => new(new SocketsHttpHandler
    {
        SslOptions = { RemoteCertificateValidationCallback = delegate { return true; } },
        AllowAutoRedirect = false,
        ConnectCallback = async (_, _) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, endpoint is null ? Test.Url.Port : PortOf(endpoint)).InTime();
            var stream = new NetworkStream(socket, ownsSocket: true);
            return serverName is null ? stream : await HandshakeAsync(stream, serverName, version);
        },
    })
    {
        DefaultRequestVersion = version ?? HttpVersion.Version11,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Timeout = Deadline.Time,
    };

    public async ValueTask DisposeAsync()
    {
        await Test.App.StopAsync(new CancellationToken(canceled: true));
        await Test.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>TLS by which a connection is for another name than its requests.</summary>
    private static async Task<SslStream> HandshakeAsync(Stream stream, string serverName, Version? version)
    {
        var tls = new SslStream(stream);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = serverName,
            ApplicationProtocols = [version == HttpVersion.Version20 ? SslApplicationProtocol.Http2 : SslApplicationProtocol.Http11],
            RemoteCertificateValidationCallback = delegate { return true; },
        }).InTime();
        return tls;
    }

    private static L4Config WithTransport(L4Config config) =>
        Enum.TryParse<L4TransportKind>(Environment.GetEnvironmentVariable("L4PROXY_TRANSPORT"), out var transport) ? config with { Transport = transport } : config;

    private static L4Certificate WriteCertificate(string directory)
    {
        var certificate = TestCertificate.Make("*.example.com");
        var path = Path.Combine(directory, "web.pem");
        File.WriteAllText(path, $"{certificate.ExportCertificatePem()}\n{certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()}\n");
        return new() { Path = path, KeyPath = path };
    }
}
