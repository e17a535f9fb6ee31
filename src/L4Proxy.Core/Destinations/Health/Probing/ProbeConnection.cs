using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using L4Proxy.Transport.Linux;

namespace L4Proxy.Destinations.Health.Probing;

/// <summary>The connection of a probe: no reactor's, for it is one in many seconds.</summary>
internal static class ProbeConnection
{
    /// <summary>Connects, writes the PROXY header and makes the handshake, as far as the probe does.</summary>
    public static async Task<Stream> OpenAsync(ProbeRun run, EndPoint endPoint, CancellationToken cancellation)
    {
        run.Step = $"connecting to {endPoint}";
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, endPoint is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        Stream? stream = null;
        try
        {
            if (endPoint is IPEndPoint)
                socket.NoDelay = true;
            if (run.SourceFor(endPoint) is { } source)
                SourceAddress.Bind(socket, source);
            await socket.ConnectAsync(endPoint, cancellation);
            stream = new NetworkStream(socket, ownsSocket: true);
            if (run.HeaderFor(isDatagram: false) is { IsEmpty: false } header)
                await stream.WriteAsync(header, cancellation);
            return run.SpeaksTls ? await SecureAsync(run, stream, cancellation) : stream;
        }
        catch
        {
            socket.Dispose();
            if (stream is not null)
                await stream.DisposeAsync();
            throw;
        }
    }

    private static async Task<Stream> SecureAsync(ProbeRun run, Stream stream, CancellationToken cancellation)
    {
        run.Step = "making the TLS handshake";
        var options = run.Tls.OptionsFor(run.ServerName);
        if (run.Check.Type == Configuration.L4HealthCheckType.Http)
            options.ApplicationProtocols = [SslApplicationProtocol.Http11];
        var tls = new SslStream(stream);
        try
        {
            await tls.AuthenticateAsClientAsync(options, cancellation);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }
}
