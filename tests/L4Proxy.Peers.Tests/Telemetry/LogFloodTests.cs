using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Telemetry;

/// <summary>No client can have the log filled: bad connections of every kind make a bounded number of lines, and what is not written is counted.</summary>
[Collection(TimedTests.Name)]
public sealed partial class LogFloodTests
{
    private const int Kinds = 6;
    private const int AtOnce = 16;
    private static readonly int s_each = (Soak.IsOn ? 100_000 : 3_000) / Kinds;

    // Of records, of connections and destinations, of TLS, of each of two events of YARP's; and what says how many there were not.
    private const int LinesPerSecond = 10 + 10 + 10 + 20 + 5;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bad_connections_make_few_lines_and_a_count()
    {
        using var authority = new CertificateAuthority();
        var certificate = authority.ForServer("localhost");
        int[] ports = [.. Enumerable.Range(0, Kinds).Select(_ => FreePorts.Next())];
        var began = Stopwatch.GetTimestamp();
        string text;
        await using (var gateway = await GatewayProcess.StartAsync(Json(ports, certificate), Cancellation))
        {
            var said = new[] { "GET / HTTP/1.1\r\n\r\n", "this is no hello of TLS, not at all", "PROXY no such thing\r\n", "hello", "\u0001\u0002 garbage\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" };
            for (var kind = 0; kind < Kinds; kind++)
                await FloodAsync(ports[kind], Encoding.Latin1.GetBytes(said[kind]));
            Assert.Equal(0, await gateway.StopAsync());
            text = gateway.Log.Text;
        }

        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds + 2;
        var lines = text.Split('\n');
        Assert.True(lines.Length < 30 + (LinesPerSecond * seconds), $"{lines.Length} lines in {seconds} s:\n{string.Join('\n', lines.Take(200))}");
        // Of each of the four kinds that are not HTTP's a record, written or counted.
        Assert.Equal(4 * s_each, lines.Count(line => line.Contains("L4Proxy.Access[200]", StringComparison.Ordinal)) + Counted(lines, "access records"));
        Assert.Equal(s_each, lines.Count(line => line.Contains("': TLS failed.", StringComparison.Ordinal)) + Counted(lines, "lines about clients whose TLS failed"));
        Assert.Equal(s_each, lines.Count(line => line.Contains("HttpForwarder[48]", StringComparison.Ordinal)) + Counted(lines, "lines about Yarp.ReverseProxy.Forwarder.HttpForwarder, event ForwardingError,"));
        Assert.True(Counted(lines, "lines about connections and destinations") > 0);
    }

    private static long Counted(IEnumerable<string> lines, string what) => lines.Select(line => Count().Match(line)).Where(match => match.Success && match.Groups[2].Value.StartsWith(what, StringComparison.Ordinal))
        .Sum(match => long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));

    private static async Task FloodAsync(int port, byte[] said)
    {
        var left = s_each;
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
                await SayAsync(port, said);
        }));
    }

    /// <summary>Connects, says it, and waits for the end.</summary>
    private static async Task SayAsync(int port, byte[] said)
    {
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port, Cancellation);
            await client.SendAsync(said, Cancellation);
            var buffer = new byte[4096];
            while (await client.ReceiveAsync(buffer, Cancellation) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // A reset, as a rule.
        }
    }

    private static string Json(int[] ports, ServerCertificate certificate) =>
        $$"""
        {
          "Kestrel": { "Endpoints": { "Garbage": { "Url": "http://127.0.0.1:{{ports[4]}}" }, "Web": { "Url": "http://127.0.0.1:{{ports[5]}}" } } },
          "ReverseProxy": {
            "Routes": { "web": { "ClusterId": "web", "Match": { "Path": "{**all}" } } },
            "Clusters": { "web": { "Destinations": { "a": { "Address": "http://127.0.0.1:1" } } } }
          },
          "L4Proxy": {
            "AccessLog": { "MaxPerSecond": 10 },
            "Endpoints": {
              "unrouted": { "Url": "tcp://127.0.0.1:{{ports[0]}}" },
              "tls": { "Url": "tls://127.0.0.1:{{ports[1]}}", "Certificates": [{{certificate.Json}}] },
              "header": { "Url": "tcp://127.0.0.1:{{ports[2]}}", "ProxyProtocol": { "Mode": "Required", "Trusted": ["127.0.0.0/8"] } },
              "dead": { "Url": "tcp://127.0.0.1:{{ports[3]}}" },
              "shared": { "Kestrel": "Garbage" }
            },
            "Routes": {
              "ssh": { "Endpoints": ["unrouted", "shared"], "ClusterId": "dead", "Match": { "Protocols": ["ssh"] } },
              "all": { "Endpoints": ["tls", "header", "dead"], "ClusterId": "dead" }
            },
            "Clusters": { "dead": { "Destinations": { "a": { "Address": "127.0.0.1:1" } }, "Retry": { "MaxAttempts": 1 } } }
          }
        }
        """;

    [GeneratedRegex(@"\] (\d+) (.*) were not written")]
    private static partial Regex Count();
}
