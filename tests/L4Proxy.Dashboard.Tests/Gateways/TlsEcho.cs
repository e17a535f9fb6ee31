using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Dashboard.Tests.Gateways;

/// <summary>Where TLS that was passed through ends, and each byte goes back.</summary>
internal sealed class TlsEcho : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly X509Certificate2 _certificate;
    private readonly Task _accepting;

    public TlsEcho(ServerCertificate certificate)
    {
        Port = FreePorts.Next();
        _certificate = X509Certificate2.CreateFromPemFile(certificate.CertificatePath, certificate.KeyPath);
        _listener = new(IPAddress.Loopback, Port);
        _listener.Start(1024);
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Asks for a name at a port, and answers what it is told back.</summary>
    public static async Task<byte> AskAsync(int port, string name, byte question, CancellationToken cancellation)
    {
        await using var stream = await TlsClients.ConnectAsync(port, cancellation, name: name);
        await stream.WriteAsync(new[] { question }, cancellation);
        var answer = new byte[1];
        await stream.ReadExactlyAsync(answer, cancellation);
        return answer[0];
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
        _certificate.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = EchoAsync(await _listener.AcceptSocketAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    private async Task EchoAsync(Socket client)
    {
        try
        {
            await using var stream = new SslStream(new NetworkStream(client, ownsSocket: true));
            await stream.AuthenticateAsServerAsync(_certificate);
            await stream.CopyToAsync(stream);
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
        {
            // The client has gone.
        }
    }
}
