using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using L4Proxy.Core.Tests.Tls;
using L4Proxy.Hosting.Tests.Hosts;
using L4Proxy.Kestrel;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace L4Proxy.Hosting.Tests.Http;

/// <summary>An application with an L7 route for one name at one door, and its clients.</summary>
internal sealed class L7Edge : IAsyncDisposable
{
    /// <summary>The only name that the route has.</summary>
    public const string Name = L7Configuration.Name;

    private static readonly X509Certificate2 s_certificate = TestCertificate.Make(Name);

    private readonly TestApp _test;
    private readonly Door _door;
    private readonly string _directory;
    private int _connections;

    private L7Edge(TestApp test, Door door, string directory)
    {
        _test = test;
        _door = door;
        _directory = directory;
    }

    public IServiceProvider Services => _test.App.Services;

    /// <summary>How many connections its clients have made.</summary>
    public int Connections => Volatile.Read(ref _connections);

    private IPEndPoint Address => new(IPAddress.Loopback,
        _door == Door.Shared ? _test.Url.Port : Services.GetRequiredService<IL4Endpoints>().Find("door")!.Port!.Value);

    /// <summary>Starts it.</summary>
    /// <param name="door">Where it is.</param>
    /// <param name="cluster">The keys of its cluster, in JSON.</param>
    /// <param name="endpoint">More keys of its endpoint.</param>
    /// <param name="section">More keys of the section <c>L4Proxy</c>.</param>
    public static async Task<L7Edge> StartAsync(Door door, string cluster, string? endpoint = null, string? section = null)
    {
        var directory = Directory.CreateTempSubdirectory("l4proxy-").FullName;
        var json = L7Configuration.Json(door, port: 0, WriteCertificate(directory), cluster, endpoint, section);
        var test = await TestApp.StartAsync(
            builder =>
            {
                builder.Configuration.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json)));
                builder.Services.Replace(ServiceDescriptor.Singleton<IL4ConnectionGate, ProxyGate>());
                builder.Services.AddReverseProxy();
            },
            // Without an address of its own the app would take the default one.
            url: door == Door.Shared ? null : "http://127.0.0.1:0", map: app => app.MapReverseProxy());
        return new L7Edge(test, door, directory);
    }

    /// <summary>How many lines of an event its log has.</summary>
    public int CountOf(string eventName) => _test.CountOf(eventName);

    /// <summary>How a destination of its cluster is.</summary>
    public L4DestinationStatus Destination(string id) =>
        Services.GetRequiredService<IL4DestinationHealth>().GetDestinations().Single(destination => destination.DestinationId == id);

    /// <summary>A client that keeps to a version, and sends <paramref name="before"/> ahead of each connection's TLS.</summary>
    public HttpClient CreateClient(Version version, byte[]? before = null)
    {
        var handler = new SocketsHttpHandler
        {
            SslOptions = { RemoteCertificateValidationCallback = IsShown },
            ConnectCallback = async (_, _) => await ConnectAsync(before),
            // Only what the server says decides whether a body is sent.
            Expect100ContinueTimeout = Deadline.Time,
        };
        return new HttpClient(handler)
        {
            BaseAddress = new Uri($"https://{Name}"),
            DefaultRequestVersion = version,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = Deadline.Time,
        };
    }

    /// <summary>TLS for the route's name.</summary>
    public async Task<SslStream> HandshakeAsync(params SslApplicationProtocol[] protocols) => await HandshakeAsync(await ConnectAsync(), protocols);

    /// <summary>TLS for the route's name, with the hello in records of these lengths.</summary>
    public async Task<SslStream> HandshakeAsync(int[] records) =>
        await HandshakeAsync(new FragmentedHelloStream((await ConnectAsync()).Socket, records), [SslApplicationProtocol.Http11]);

    private static async Task<SslStream> HandshakeAsync(Stream connection, SslApplicationProtocol[] protocols)
    {
        var tls = new SslStream(connection, leaveInnerStreamOpen: false);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = Name,
            ApplicationProtocols = [.. protocols],
            RemoteCertificateValidationCallback = IsShown,
        }).InTime();
        return tls;
    }

    public async ValueTask DisposeAsync()
    {
        // A test that leaves a request open does not wait for it.
        await _test.App.StopAsync(new CancellationToken(canceled: true));
        await _test.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private static bool IsShown(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        certificate?.GetCertHashString() == s_certificate.GetCertHashString();

    private async Task<NetworkStream> ConnectAsync(byte[]? before = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(Address).InTime();
        Interlocked.Increment(ref _connections);
        var stream = new NetworkStream(socket, ownsSocket: true);
        await stream.WriteAsync(before);
        return stream;
    }

    private static string WriteCertificate(string directory)
    {
        var path = Path.Combine(directory, "web.pem");
        File.WriteAllText(path, $"{s_certificate.ExportCertificatePem()}\n{s_certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()}\n");
        return $$"""{ "Path": "{{path}}", "KeyPath": "{{path}}" }""";
    }
}
