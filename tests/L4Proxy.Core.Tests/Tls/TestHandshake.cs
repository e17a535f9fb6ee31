using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Destinations;
using L4Proxy.Tls;

namespace L4Proxy.Core.Tests.Tls;

/// <summary>Both ends of one handshake over loopback, and how it went.</summary>
internal sealed record TestHandshake(string? ServerError, string? ClientError)
{
    public string? AskedFor { get; private init; }

    public X509Certificate? ServerCertificate { get; private init; }

    public IReadOnlyList<string> Chain { get; private init; } = [];

    public X509Certificate? ClientCertificate { get; private init; }

    public SslProtocols Protocol { get; private init; }

    public string Alpn { get; private init; } = "";

    public bool Succeeded => ServerError is null && ClientError is null;

    /// <summary>A client that takes any certificate, against a server as it is configured.</summary>
    public static Task<TestHandshake> WithServerAsync(ServerTls server, Action<SslClientAuthenticationOptions>? configure = null, string name = "a.example.com")
    {
        var client = new SslClientAuthenticationOptions { TargetHost = name };
        configure?.Invoke(client);
        return RunAsync(server.OptionsFor, client, verify: false);
    }

    /// <summary>A client as it is configured, against a server with a certificate.</summary>
    public static Task<TestHandshake> WithClientAsync(
        UpstreamTls client, string name, X509Certificate2 certificate, Action<SslServerAuthenticationOptions>? configure = null, TestPki? pki = null) =>
        RunAsync(
            _ =>
            {
                var server = new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = SslStreamCertificateContext.Create(certificate, pki is null ? [] : [pki.Intermediate], offline: true),
                };
                configure?.Invoke(server);
                return server;
            },
            client.OptionsFor(name), verify: true);

    private static async Task<TestHandshake> RunAsync(
        Func<string?, SslServerAuthenticationOptions> server, SslClientAuthenticationOptions client, bool verify)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var near = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await near.ConnectAsync(listener.LocalEndPoint!);
        var chain = new List<string>();
        if (!verify)
        {
            client.RemoteCertificateValidationCallback = (_, _, shown, _) =>
            {
                chain.AddRange(shown!.ChainElements.Select(element => element.Certificate.Subject));
                return true;
            };
        }

        await using var clientStream = new SslStream(new NetworkStream(near, ownsSocket: false));
        await using var serverStream = new SslStream(new NetworkStream(await listener.AcceptAsync(), ownsSocket: true));
        string? askedFor = null;
        var results = await Task.WhenAll(
            ErrorOf(serverStream, stream => stream.AuthenticateAsServerAsync(
                (_, hello, _, _) => ValueTask.FromResult(server(askedFor = hello.ServerName)), null, TestContext.Current.CancellationToken)),
            ErrorOf(clientStream, stream => stream.AuthenticateAsClientAsync(client, TestContext.Current.CancellationToken))).InTime();
        if (results is not [null, null])
            return new TestHandshake(results[0], results[1]) { AskedFor = askedFor };
        return new TestHandshake(null, null)
        {
            AskedFor = askedFor,
            ServerCertificate = clientStream.RemoteCertificate,
            Chain = chain,
            ClientCertificate = serverStream.RemoteCertificate,
            Protocol = serverStream.SslProtocol,
            Alpn = serverStream.NegotiatedApplicationProtocol.ToString(),
        };
    }

    private static async Task<string?> ErrorOf(SslStream stream, Func<SslStream, Task> handshake)
    {
        try
        {
            await handshake(stream);
            return null;
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            // The other end must not wait for an answer.
            await stream.DisposeAsync();
            return e.InnerException?.InnerException?.Message ?? e.InnerException?.Message ?? e.Message;
        }
    }
}
