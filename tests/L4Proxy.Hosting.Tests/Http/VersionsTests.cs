using System.Net;
using System.Net.Security;
using System.Text;
using L4Proxy.Hosting.Tests.Hosts;
using L4Proxy.Hosting.Tests.Http.Backends;
using Microsoft.AspNetCore.Builder;

namespace L4Proxy.Hosting.Tests.Http;

/// <summary>Which version of HTTP is spoken on either side.</summary>
public sealed class VersionsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static MatrixTheoryData<Door, string, BackendProtocol> Sides =>
        new(Enum.GetValues<Door>(), ["1.1", "2.0"], Enum.GetValues<BackendProtocol>());

    [Theory]
    [MemberData(nameof(Sides))]
    [Trait("Row", "D2")]
    public async Task A_client_is_answered_in_its_version_and_the_backend_asked_in_its_own(Door door, string version, BackendProtocol protocol)
    {
        await using var backend = await WebBackend.StartAsync(protocol, _ => { });
        await using var edge = await L7Edge.StartAsync(door, backend.Cluster);
        using var client = edge.CreateClient(Version.Parse(version));

        using var answer = await client.GetAsync("/seen?a=b", Token);
        var seen = await answer.Content.ReadAsStringAsync(Token);

        Assert.Equal((HttpStatusCode.OK, Version.Parse(version)), (answer.StatusCode, answer.Version));
        var (spoken, scheme) = protocol switch
        {
            BackendProtocol.Http1 => ("HTTP/1.1", "http"),
            BackendProtocol.H2c => ("HTTP/2", "http"),
            _ => ("HTTP/2", "https"),
        };
        Assert.StartsWith($"{spoken} {scheme} ", seen, StringComparison.Ordinal);
        Assert.Contains(" /seen\n", seen, StringComparison.Ordinal);
    }

    [Theory]
    [ClassData(typeof(Doors))]
    public async Task A_hello_in_several_records_is_answered_as_one_in_one(Door door)
    {
        await using var backend = await WebBackend.StartAsync(BackendProtocol.Http1, _ => { });
        await using var edge = await L7Edge.StartAsync(door, backend.Cluster);

        await using var tls = await edge.HandshakeAsync([40, 1, 30]);

        await AskAsync(tls);
    }

    [Theory]
    [ClassData(typeof(Doors))]
    [Trait("Row", "D2")]
    [Trait("Row", "E5")]
    public async Task Http2_is_preferred_and_who_does_not_offer_it_is_served_as_well(Door door)
    {
        await using var backend = await WebBackend.StartAsync(BackendProtocol.Http1, _ => { });
        await using var edge = await L7Edge.StartAsync(door, backend.Cluster);

        await using var both = await edge.HandshakeAsync(SslApplicationProtocol.Http11, SslApplicationProtocol.Http2);
        await using var old = await edge.HandshakeAsync(SslApplicationProtocol.Http11);
        await using var silent = await edge.HandshakeAsync();

        Assert.Equal(SslApplicationProtocol.Http2, both.NegotiatedApplicationProtocol);
        Assert.Equal(SslApplicationProtocol.Http11, old.NegotiatedApplicationProtocol);
        Assert.Equal(default, silent.NegotiatedApplicationProtocol);
        await AskAsync(old);
        await AskAsync(silent);
    }

    [Theory]
    [ClassData(typeof(Doors))]
    [Trait("Row", "D4")]
    public async Task Several_requests_share_a_connection(Door door)
    {
        await using var backend = await WebBackend.StartAsync(BackendProtocol.H2c, _ => { });
        await using var edge = await L7Edge.StartAsync(door, backend.Cluster);
        using var client = edge.CreateClient(HttpVersion.Version20);

        for (var i = 0; i < 5; i++)
            Assert.StartsWith("HTTP/2 ", await client.GetStringAsync("/seen", Token), StringComparison.Ordinal);

        Assert.Equal(1, edge.Connections);
    }

    [Theory]
    [ClassData(typeof(Doors))]
    public async Task A_hundred_requests_are_under_way_at_once_on_one_connection(Door door)
    {
        const int Requests = 100;
        var (arrived, all) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await using var backend = await WebBackend.StartAsync(BackendProtocol.H2c, app => app.MapGet("/gather/{number}", async (int number) =>
        {
            if (Interlocked.Increment(ref arrived) == Requests)
                all.SetResult();
            await all.Task.InTime();
            return $"{number} of {Requests}";
        }));
        await using var edge = await L7Edge.StartAsync(door, backend.Cluster);
        using var client = edge.CreateClient(HttpVersion.Version20);

        var answers = await Task.WhenAll(Enumerable.Range(0, Requests).Select(i => client.GetStringAsync($"/gather/{i}", Token)));

        Assert.Equal(Enumerable.Range(0, Requests).Select(i => $"{i} of {Requests}"), answers);
        Assert.Equal(1, edge.Connections);
    }

    /// <summary>A request that its answer ends.</summary>
    private static async Task AskAsync(SslStream tls)
    {
        await tls.WriteAsync(Encoding.ASCII.GetBytes($"GET /seen HTTP/1.1\r\nHost: {L7Edge.Name}\r\nConnection: close\r\n\r\n"), Token);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await new StreamReader(tls).ReadToEndAsync(Token).InTime(), StringComparison.Ordinal);
    }
}
