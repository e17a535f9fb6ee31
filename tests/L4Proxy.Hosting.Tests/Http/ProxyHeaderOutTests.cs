using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using L4Proxy.Configuration;
using L4Proxy.Hosting.Tests.Hosts;
using static L4Proxy.Hosting.Tests.Http.HttpApp;

namespace L4Proxy.Hosting.Tests.Http;

/// <summary>A destination of HTTP requests that is told of clients by a PROXY header: one connection is one client's.</summary>
public sealed class ProxyHeaderOutTests : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<string> _headers = [];
    private readonly ConcurrentDictionary<TcpClient, bool> _open = [];
    private Task _accepting = Task.CompletedTask;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        foreach (var client in _open.Keys)
            client.Dispose();
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Each_clients_connection_has_its_own(string version)
    {
        _listener.Start();
        _accepting = AcceptAsync();
        await using var app = await StartAsync(certificate => new L4Config
        {
            Endpoints = new Dictionary<string, L4Endpoint> { ["tls"] = new() { Url = "tls://127.0.0.1:0", Certificates = [certificate] } },
            Routes = new Dictionary<string, L4Route> { ["web"] = Route("tls", "web.example.com") },
            Clusters = new Dictionary<string, L4Cluster> { ["web"] = Cluster(Port) with { ProxyProtocol = new() { Version = L4ProxyProtocolVersion.V1 } } },
        });
        var ports = new List<string>();

        for (var i = 0; i < 3; i++)
        {
            using var client = app.CreateClient("tls", Version.Parse(version));
            for (var j = 0; j < 3; j++)
                ports.Add(await client.GetStringAsync(new Uri("https://web.example.com/"), Token));
        }

        // Each answer is the port of the client that the connection was opened for.
        Assert.Equal(3, ports.Distinct().Count());
        Assert.Equal(ports.Order(), ports.Distinct().SelectMany(port => new[] { port, port, port }).Order());
        Assert.Equal(3, _headers.Count);
        Assert.All(_headers, header => Assert.Matches(@"^PROXY TCP4 127\.0\.0\.1 127\.0\.0\.1 \d+ " + app.PortOf("tls") + "$", header));
        // They end with their clients.
        await Deadline.Until(() => _open.IsEmpty);
    }

    [Fact]
    public async Task A_reload_leaves_them_as_they_are()
    {
        _listener.Start();
        _accepting = AcceptAsync();
        var config = Config(Cluster(Port) with { ProxyProtocol = new() { Version = L4ProxyProtocolVersion.V1 } });
        await using var app = await StartAsync(_ => config);
        using var client = app.CreateClient("plain");

        for (var i = 0; i < 3; i++)
        {
            await client.GetStringAsync(new Uri("http://web.example.com/"), Token);
            await app.UpdateAsync(config);
        }

        Assert.Single(_headers);
    }

    [Fact]
    public async Task Who_waits_in_the_queue_is_told_of_as_the_configuration_says_by_then()
    {
        using var taken = new Socket(SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var cluster = Cluster(((IPEndPoint)taken.LocalEndPoint!).Port) with { Queue = new() { Timeout = Deadline.Time } };
        await using var app = await StartAsync(_ => Config(cluster));
        using var client = app.CreateClient("plain");
        var waiting = client.GetStringAsync(new Uri("http://web.example.com/"), Token);
        await Deadline.Until(() => app.WaitingFor("web") == 1);

        await app.UpdateAsync(Config(cluster with { ProxyProtocol = new() { Version = L4ProxyProtocolVersion.V1 } }));
        taken.Listen();
        _accepting = ServeAsync(new TcpClient { Client = await taken.AcceptAsync(Token) });

        Assert.NotEmpty(await waiting.InTime());
        Assert.StartsWith("PROXY TCP4 127.0.0.1", Assert.Single(_headers), StringComparison.Ordinal);
    }

    private static L4Config Config(L4Cluster cluster) => new()
    {
        Endpoints = new Dictionary<string, L4Endpoint> { ["plain"] = new() { Url = "tcp://127.0.0.1:0" } },
        Routes = new Dictionary<string, L4Route> { ["web"] = Route("plain", "web.example.com") },
        Clusters = new Dictionary<string, L4Cluster> { ["web"] = cluster },
    };

    private async Task AcceptAsync()
    {
        try
        {
            for (;;)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        _open[client] = true;
        try
        {
            using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
            var header = await reader.ReadLineAsync() ?? "";
            _headers.Enqueue(header);
            while (await reader.ReadLineAsync() is { } line)
            {
                if (line.Length > 0)
                    continue;
                var body = header.Split(' ')[4];
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
            }
        }
        catch (IOException)
        {
            // Reset.
        }
        finally
        {
            _open.TryRemove(client, out _);
            client.Dispose();
        }
    }
}
