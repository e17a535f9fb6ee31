using System.Net;
using System.Text;

namespace L4Proxy.Destinations.Health.Probing;

/// <summary>A GET over HTTP/1.1 on a connection of its own; no redirect is followed, and nobody else's proxy is used.</summary>
internal sealed class HttpProbe : IProbe
{
    private const int MaxHeadKiB = 64;
    private const int HttpPort = 80;
    private const int HttpsPort = 443;

    public async Task<ProbeOutcome> RunAsync(ProbeRun run, EndPoint endPoint, CancellationToken cancellation)
    {
        using var handler = new SocketsHttpHandler
        {
            // Not by the handler's token: it goes on connecting when nobody waits for it any more.
            ConnectCallback = (_, _) => OpenAsync(run, endPoint, cancellation),
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.Zero,
            MaxResponseHeadersLength = MaxHeadKiB,
            MaxResponseDrainSize = 0,
            // It is nobody's request, and begins no trace.
            ActivityHeadersPropagator = null,
        };
        using var client = new HttpMessageInvoker(handler);
        using var request = RequestOf(run, endPoint);
        using var response = await client.SendAsync(request, cancellation);
        if ((int)response.StatusCode is < 200 or >= 400)
            return ProbeOutcome.Failure($"the status is {(int)response.StatusCode}");
        var expected = new ExpectedBytes(run.Check.Expected);
        if (expected.Add(Encoding.Latin1.GetBytes($"HTTP/{response.Version} {(int)response.StatusCode} {response.ReasonPhrase}\r\n")))
            return ProbeOutcome.Success;
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        return await StreamProbe.ExpectAsync(run, body, expected, cancellation);
    }

    private static async ValueTask<Stream> OpenAsync(ProbeRun run, EndPoint endPoint, CancellationToken cancellation)
    {
        var stream = await ProbeConnection.OpenAsync(run, endPoint, cancellation);
        run.Step = "waiting for the answer";
        return stream;
    }

    private static HttpRequestMessage RequestOf(ProbeRun run, EndPoint endPoint)
    {
        var host = run.ServerName is { Length: > 0 } name ? name : "localhost";
        if (host.Contains(':', StringComparison.Ordinal))
            host = $"[{host}]";
        var port = (endPoint as IPEndPoint)?.Port;
        if (port is not null && port != (run.SpeaksTls ? HttpsPort : HttpPort))
            host = $"{host}:{port}";
        // As it was written: nothing is made of its escapes. What is connected to is not said by the URL, and neither is TLS.
        var url = new Uri($"http://{host}{run.Check.Send ?? "/"}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        return new HttpRequestMessage(HttpMethod.Get, url)
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Headers = { Host = host, ConnectionClose = true, UserAgent = { new(nameof(L4Proxy), null) } },
        };
    }
}
