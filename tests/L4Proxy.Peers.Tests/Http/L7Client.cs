using System.Net.Security;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests.Http;

/// <summary>.NET's own HTTP, for what no program can be told to do. Any certificate is taken.</summary>
internal static class L7Client
{
    /// <summary>A client that keeps to a version.</summary>
    public static HttpClient Create(int port, Version version) => new(new SocketsHttpHandler
    {
        SslOptions = { RemoteCertificateValidationCallback = static (_, _, _, _) => true },
        ConnectCallback = async (_, cancellation) => new System.Net.Sockets.NetworkStream(await TcpClients.ConnectAsync(port, cancellation), ownsSocket: true),
    })
    {
        BaseAddress = new Uri($"https://{L7Gateway.Name}"),
        DefaultRequestVersion = version,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Timeout = TimeSpan.FromMinutes(2),
    };

    /// <summary>TLS alone, to write to as one likes.</summary>
    public static async Task<SslStream> HandshakeAsync(int port, SslApplicationProtocol protocol, CancellationToken cancellation)
    {
        var socket = await TcpClients.ConnectAsync(port, cancellation);
        var stream = new SslStream(new System.Net.Sockets.NetworkStream(socket, ownsSocket: true));
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = L7Gateway.Name,
            ApplicationProtocols = [protocol],
            RemoteCertificateValidationCallback = static (_, _, _, _) => true,
        }, cancellation).WaitAsync(TimeSpan.FromSeconds(30), cancellation);
        return stream;
    }
}
