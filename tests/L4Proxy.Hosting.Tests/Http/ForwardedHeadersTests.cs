using System.Net;
using L4Proxy.Hosting.Tests.Http.Backends;

namespace L4Proxy.Hosting.Tests.Http;

/// <summary>What a backend is told of the client.</summary>
public sealed class ForwardedHeadersTests
{
    private const string FromTheHeader = "192.0.2.1";

    private const string ProxyProtocol = """ "ProxyProtocol": { "Mode": "Required", "Trusted": ["127.0.0.1"] } """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static MatrixTheoryData<Door, string> Ways => new(Enum.GetValues<Door>(), ["1.1", "2.0"]);

    public static MatrixTheoryData<Door, string> Versions => new(Enum.GetValues<Door>(), ["V1", "V2"]);

    [Theory]
    [MemberData(nameof(Ways))]
    [Trait("Row", "D5")]
    public async Task It_is_told_the_clients_address_and_that_it_came_by_TLS(Door door, string version)
    {
        await using var backend = await WebBackend.StartAsync(BackendProtocol.Http1, _ => { });
        await using var edge = await L7Edge.StartAsync(door, backend.Cluster);
        using var client = edge.CreateClient(Version.Parse(version));

        var seen = await SeenAsync(client);

        Assert.Equal(("127.0.0.1", "https", "127.0.0.1"), (seen["X-Forwarded-For"], seen["X-Forwarded-Proto"], seen["X-Real-IP"]));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    [Trait("Row", "D5")]
    public async Task It_is_told_whom_a_PROXY_header_names(Door door, string version)
    {
        await using var backend = await WebBackend.StartAsync(BackendProtocol.Http1, _ => { });
        await using var edge = await L7Edge.StartAsync(door, backend.Cluster, ProxyProtocol);
        using var client = edge.CreateClient(HttpVersion.Version20, version == "V1" ? V1() : V2());

        var seen = await SeenAsync(client, ("X-Forwarded-For", "203.0.113.9"), ("X-Real-IP", "203.0.113.9"));

        Assert.Equal((FromTheHeader, "https", FromTheHeader), (seen["X-Forwarded-For"], seen["X-Forwarded-Proto"], seen["X-Real-IP"]));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    [Trait("Row", "D5")]
    public async Task What_the_client_says_of_itself_is_not_believed(Door door, string version)
    {
        await using var backend = await WebBackend.StartAsync(BackendProtocol.Http1, _ => { });
        await using var edge = await L7Edge.StartAsync(door, backend.Cluster);
        using var client = edge.CreateClient(Version.Parse(version));

        var seen = await SeenAsync(client,
            ("X-Forwarded-For", "203.0.113.9"), ("x-forwarded-proto", "http"), ("X-Real-IP", "203.0.113.9"), ("X-Forwarded-Host", "evil.example"),
            ("X-Forwarded-Prefix", "/evil"), ("X-Forwarded-Port", "666"), ("X-Forwarded-Server", "evil"), ("x-forwarded-user", "evil"),
            ("Forwarded", "for=203.0.113.9;host=evil.example"), ("X_Forwarded_For", "203.0.113.9"), ("x-real_ip", "203.0.113.9"), ("X-Original-For", "kept"));

        Assert.DoesNotContain("203.0.113.9", seen.Values);
        Assert.All(seen, header => Assert.DoesNotContain("evil", header.Value, StringComparison.Ordinal));
        Assert.DoesNotContain("666", seen.Values);
        Assert.Equal(("127.0.0.1", "https", "127.0.0.1"), (seen["X-Forwarded-For"], seen["X-Forwarded-Proto"], seen["X-Real-IP"]));
        Assert.Equal("kept", seen["X-Original-For"]);
    }

    [Fact]
    public async Task What_the_client_calls_its_connections_own_is_not_passed_on_and_what_is_said_of_it_is()
    {
        await using var backend = await WebBackend.StartAsync(BackendProtocol.Http1, _ => { });
        await using var edge = await L7Edge.StartAsync(Door.Tls, backend.Cluster);
        using var client = edge.CreateClient(HttpVersion.Version11);

        var seen = await SeenAsync(client, ("Connection", "X-Mine, X-Forwarded-For"), ("X-Mine", "1"), ("X-Other", "2"), ("X-Forwarded-For", "203.0.113.9"));

        Assert.False(seen.ContainsKey("X-Mine"));
        Assert.Equal(("2", "127.0.0.1"), (seen["X-Other"], seen["X-Forwarded-For"]));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    [Trait("Row", "D5")]
    public async Task What_a_trusted_client_says_is_passed_on_and_it_is_added(Door door, string version)
    {
        await using var backend = await WebBackend.StartAsync(BackendProtocol.Http1, _ => { });
        await using var edge = await L7Edge.StartAsync(door, backend.Cluster, section: """ "ForwardedHeaders": { "Trusted": ["127.0.0.0/8"] } """);
        using var client = edge.CreateClient(Version.Parse(version));

        var seen = await SeenAsync(client,
            ("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Proto", "http"), ("X-Forwarded-Prefix", "/before"), ("Forwarded", "for=203.0.113.9"));

        Assert.Equal(("203.0.113.9, 127.0.0.1", "203.0.113.9"), (seen["X-Forwarded-For"], seen["X-Real-IP"]));
        Assert.Equal(("http", "/before", "for=203.0.113.9"), (seen["X-Forwarded-Proto"], seen["X-Forwarded-Prefix"], seen["Forwarded"]));
    }

    [Theory]
    [ClassData(typeof(Doors))]
    [Trait("Row", "D5")]
    public async Task Who_is_trusted_is_asked_of_the_client_of_the_PROXY_header(Door door)
    {
        await using var backend = await WebBackend.StartAsync(BackendProtocol.Http1, _ => { });
        // The sender of the header is trusted to send that, and the client behind it is somebody else.
        await using var edge = await L7Edge.StartAsync(
            door, backend.Cluster, ProxyProtocol, """ "ForwardedHeaders": { "Trusted": ["127.0.0.0/8"] } """);
        using var client = edge.CreateClient(HttpVersion.Version11, V1());

        Assert.Equal(FromTheHeader, (await SeenAsync(client, ("X-Forwarded-For", "203.0.113.9")))["X-Forwarded-For"]);
    }

    private static async Task<Dictionary<string, string>> SeenAsync(HttpClient client, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/seen")
        {
            Version = client.DefaultRequestVersion,
            VersionPolicy = client.DefaultVersionPolicy,
        };
        foreach (var (name, value) in headers)
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        using var answer = await client.SendAsync(request, Token);
        var lines = (await answer.Content.ReadAsStringAsync(Token)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(line => line[0], line => line[1], StringComparer.OrdinalIgnoreCase);
    }

    private static byte[] V1() => [.. "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n"u8];

    // PROXY protocol, version 2: signature, PROXY over TCP on IPv4, 12 bytes of addresses and ports.
    private static byte[] V2() =>
    [
        .. "\r\n\r\n\0\r\nQUIT\n"u8, 0x21, 0x11, 0, 12,
        .. IPAddress.Parse(FromTheHeader).GetAddressBytes(), 198, 51, 100, 1, 0xDC, 0x04, 0x01, 0xBB,
    ];
}
