using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace L4Proxy.Hosting.Tests.Hosts;

/// <summary>A TLS server that is not the app: it shakes hands, echoes, and is no web server.</summary>
internal sealed class TlsBackend : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _certificate;
    private Task _accepting = Task.CompletedTask;

    private TlsBackend(X509Certificate2 certificate) => _certificate = certificate;

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    public static Task<TlsBackend> StartAsync(X509Certificate2 certificate)
    {
        var backend = new TlsBackend(certificate);
        backend._listener.Start();
        backend._accepting = backend.AcceptAsync();
        return Task.FromResult(backend);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        for (;;)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync());
            }
            catch (Exception e) when (e is SocketException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        await using var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsServerAsync(_certificate);
        await tls.CopyToAsync(tls);
    }
}
