using L4Proxy.Core.Tests.House;
using L4Proxy.Hosting.Tests.Http;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;

namespace L4Proxy.Peers.Tests.Http;

/// <summary>A gateway with an L7 route for one name at one door.</summary>
internal sealed class L7Gateway : IAsyncDisposable
{
    /// <summary>The only name that the route has.</summary>
    public const string Name = L7Configuration.Name;

    private readonly CertificateAuthority _authority;

    private L7Gateway(CertificateAuthority authority, GatewayProcess process, int port)
    {
        _authority = authority;
        Process = process;
        Port = port;
    }

    public GatewayProcess Process { get; }

    public int Port { get; }

    /// <summary>Path of the root that its certificate is from.</summary>
    public string Root => _authority.RootPath;

    /// <summary>Starts it with the keys of its cluster.</summary>
    public static async Task<L7Gateway> StartAsync(Door door, string cluster, CancellationToken cancellation)
    {
        var authority = new CertificateAuthority();
        var port = FreePorts.Next();
        var certificate = authority.ForServer(Name).Json;
        return new(authority, await GatewayProcess.StartAsync(L7Configuration.Json(door, port, certificate, cluster), cancellation), port);
    }

    public string Url(string path) => $"https://{Name}:{Port}{path}";

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _authority.Dispose();
    }
}
