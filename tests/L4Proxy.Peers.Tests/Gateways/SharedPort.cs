using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Gateways;

/// <summary>
/// The main job: a gateway whose HTTPS port is shared. <c>*.lacny.me</c> is nginx's, SSH goes where a test says, every
/// other name is Kestrel's and YARP's.
/// </summary>
internal sealed class SharedPort : IAsyncDisposable
{
    /// <summary>A name that L4Proxy passes through.</summary>
    public const string PassedThrough = "a.lacny.me";

    /// <summary>A name that is HTTP's.</summary>
    public const string Http = "www.example.com";

    private readonly TempDirectory _directory;

    private SharedPort(TempDirectory directory, NginxPeer nginx, HttpBackend backend, GatewayProcess gateway)
    {
        _directory = directory;
        Nginx = nginx;
        Backend = backend;
        Gateway = gateway;
    }

    public required int Port { get; init; }

    public required ServerCertificate OwnCertificate { get; init; }

    public NginxPeer Nginx { get; }

    public HttpBackend Backend { get; }

    public GatewayProcess Gateway { get; }

    /// <summary>Starts it.</summary>
    /// <param name="cancellation">Cancels it.</param>
    /// <param name="sshPort">Where SSH goes.</param>
    /// <param name="nginxPort">Where <c>*.lacny.me</c> goes, given nginx's port; default: straight there.</param>
    /// <param name="endpoint">More members of its endpoint.</param>
    public static async Task<SharedPort> StartAsync(CancellationToken cancellation, int sshPort = 1, Func<int, int>? nginxPort = null,
        string? endpoint = null)
    {
        var nginx = await NginxPeer.StartAsync(cancellation, PassedThrough, "b.lacny.me");
        var backend = await HttpBackend.StartAsync(cancellation);
        var directory = new TempDirectory();
        var certificate = ServerCertificate.Create(directory, "own", Http);
        var port = FreePorts.Next();
        var l4 = L4Section(nginxPort?.Invoke(nginx.Port) ?? nginx.Port, sshPort, endpoint);
        var gateway = await GatewayProcess.StartAsync(
            GatewayJson.SharedPort(port, certificate, backend.Port, l4), cancellation);
        return new(directory, nginx, backend, gateway) { Port = port, OwnCertificate = certificate };
    }

    /// <summary>FILE with another <c>L4Proxy</c> section.</summary>
    public string Json(string l4) => GatewayJson.SharedPort(Port, OwnCertificate, Backend.Port, l4);

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Backend.DisposeAsync();
        await Nginx.DisposeAsync();
        _directory.Dispose();
    }

    private static string L4Section(int nginxPort, int sshPort, string? endpoint) =>
        $$"""
        {
          "Endpoints": { "https": { "Kestrel": "Https" {{GatewayJson.More(endpoint)}} } },
          "Routes": {
            "lacny": { "Endpoints": ["https"], "Match": { "Sni": ["*.lacny.me"] }, "ClusterId": "nginx" },
            "ssh": { "Endpoints": ["https"], "Match": { "Protocols": ["ssh"] }, "ClusterId": "bastion" }
          },
          "Clusters": {
            "nginx": { "Destinations": { "a": { "Address": "127.0.0.1:{{nginxPort}}" } } },
            "bastion": { "Destinations": { "a": { "Address": "127.0.0.1:{{sshPort}}" } } }
          }
        }
        """;
}
