using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace L4Proxy.Peers.Tests.Wire;

/// <summary>.NET's own TLS, for what no program can be told to do. Any certificate is taken.</summary>
internal static class TlsClients
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public static async Task<SslStream> ConnectAsync(int port, CancellationToken cancellation,
        SslProtocols version = SslProtocols.None, bool resumes = false, string name = "a.example.com")
    {
        var socket = await TcpClients.ConnectAsync(port, cancellation);
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            var options = new SslClientAuthenticationOptions
            {
                TargetHost = name,
                EnabledSslProtocols = version,
                AllowTlsResume = resumes,
                RemoteCertificateValidationCallback = static (_, _, _, _) => true,
            };
            await stream.AuthenticateAsClientAsync(options, cancellation).WaitAsync(Deadline, cancellation);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    /// <summary>Everything until the other side's close_notify.</summary>
    public static async Task<byte[]> ReadToEndAsync(SslStream stream, CancellationToken cancellation)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all, cancellation).WaitAsync(TimeSpan.FromMinutes(2), cancellation);
        return all.ToArray();
    }
}
