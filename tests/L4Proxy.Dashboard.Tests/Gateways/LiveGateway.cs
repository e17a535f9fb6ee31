using L4Proxy.Core.Tests.House;
using L4Proxy.Dashboard.Tests.Browsers;
using L4Proxy.Peers.Tests.Admin;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Dashboard.Tests.Gateways;

/// <summary>samples/Gateway with a file, a store and the dashboard, real servers behind it, and clients that talk all the time.</summary>
public sealed class LiveGateway : IAsyncLifetime
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly TempDirectory _files = new();
    private readonly EchoBackend _echo = new();
    private readonly UdpEcho _datagrams = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _clients = [];
    private AdminGateway? _gateway;
    private TlsEcho? _database;
    private ServerCertificate? _certificate;

    /// <summary>The port of MQTT, in the clear.</summary>
    internal int Mqtt { get; } = FreePorts.Next();

    /// <summary>The port of TLS: db.example.com is passed through, shop.example.com ends there.</summary>
    internal int Tls { get; } = FreePorts.Next();

    /// <summary>A port of UDP.</summary>
    internal int Dns { get; } = FreePorts.Next();

    /// <summary>A port that takes one connection at a time.</summary>
    internal int Narrow { get; } = FreePorts.Next();

    /// <summary>Where nobody listens, and connections of MQTT are sent all the same.</summary>
    internal int Dead { get; } = FreePorts.Next();

    /// <summary>The port of a server of TLS.</summary>
    internal int Database => _database!.Port;

    /// <summary>The port of a server that says what it hears.</summary>
    internal int Echo => _echo.Port;

    /// <summary>The port of a server of UDP.</summary>
    internal int Datagrams => _datagrams.Port;

    internal AdminGateway Api => _gateway!;

    internal string Url => $"http://127.0.0.1:{Api.Port}/l4proxy/ui/";

    internal string CertificatePath => _certificate!.CertificatePath;

    internal string KeyPath => _certificate!.KeyPath;

    public async ValueTask InitializeAsync()
    {
        _certificate = ServerCertificate.Create(_files, "shop", "shop.example.com", "www.example.com");
        _database = new(_certificate);
        _gateway = await AdminGateway.StartAsync("sqlite:routes.db", _stop.Token, l4: Section(), gateway: "\"Dashboard\": true");
        await _gateway.DoAsync("PUT", "routes/stored", """{ "endpoints": ["tls"], "match": { "sni": ["stored.example.com"] }, "clusterId": "db" }""");
        _clients.AddRange([TalkAsync(Mqtt), TalkAsync(Mqtt), TalkTlsAsync("db.example.com"), TalkTlsAsync("shop.example.com"), AskAsync(), ComeAndGoAsync()]);
    }

    internal Task<Tab> OpenAsync(Browser browser, string place = "") => browser.OpenAsync(Url, place);

    /// <summary>Its section <c>L4Proxy</c>.</summary>
    /// <param name="mqtt">Where the endpoint <c>mqtt</c> is, instead of where it is.</param>
    internal string Section(string? mqtt = null) =>
        $$"""
        {
          "AccessLog": { "Enabled": false },
          "Endpoints": {
            "mqtt": { "Url": "{{mqtt ?? $"tcp://127.0.0.1:{Mqtt}"}}" },
            "tls": { "Url": "tcp://127.0.0.1:{{Tls}}" },
            "dns": { "Url": "udp://127.0.0.1:{{Dns}}" },
            "narrow": { "Url": "tcp://127.0.0.1:{{Narrow}}" }
          },
          "Routes": {
            "mqtt": { "Endpoints": ["mqtt"], "ClusterId": "brokers" },
            "db": { "Endpoints": ["tls"], "Match": { "Sni": ["db.example.com", "curl.example.com"] }, "Tls": "Passthrough", "ClusterId": "db" },
            "shop": {
              "Endpoints": ["tls"], "Match": { "Sni": ["shop.example.com"] }, "Tls": "Terminate",
              "Certificate": { "Path": "{{CertificatePath}}", "KeyPath": "{{KeyPath}}" }, "ClusterId": "shop"
            },
            "dns": { "Endpoints": ["dns"], "ClusterId": "dns" },
            "narrow": { "Endpoints": ["narrow"], "Limits": { "MaxConnections": 1 }, "ClusterId": "narrow" }
          },
          "Clusters": {
            "brokers": { "Destinations": { "live": { "Address": "127.0.0.1:{{_echo.Port}}" }, "dead": { "Address": "127.0.0.1:{{Dead}}" } } },
            "db": { "Destinations": { "primary": { "Address": "127.0.0.1:{{Database}}" } } },
            "shop": { "Destinations": { "a": { "Address": "127.0.0.1:{{_echo.Port}}" } } },
            "dns": { "Destinations": { "a": { "Address": "127.0.0.1:{{Datagrams}}" } } },
            "narrow": { "LoadBalancingPolicy": "First", "Destinations": { "a": { "Address": "127.0.0.1:{{_echo.Port}}" }, "b": { "Address": "localhost:{{_echo.Port}}" } } }
          }
        }
        """;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_clients);
        if (_gateway is not null)
            await _gateway.DisposeAsync();
        await _echo.DisposeAsync();
        await _datagrams.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();
        _stop.Dispose();
        _files.Dispose();
    }

    private Task TalkAsync(int port) => RepeatAsync(async () =>
    {
        using var socket = await TcpClients.ConnectAsync(port, _stop.Token);
        await ForEverAsync(() => TcpClients.AskAsync(socket, "ping", _stop.Token));
    });

    private Task TalkTlsAsync(string name) => RepeatAsync(async () =>
    {
        await using var stream = await TlsClients.ConnectAsync(Tls, _stop.Token, name: name);
        await ForEverAsync(async () =>
        {
            await stream.WriteAsync(new byte[1000], _stop.Token);
            await stream.ReadExactlyAsync(new byte[1000], _stop.Token);
        });
    });

    private Task AskAsync() => RepeatAsync(async () =>
    {
        using var client = UdpEcho.Connect(Dns);
        await ForEverAsync(() => UdpEcho.AskAsync(client, new byte[40], _stop.Token));
    });

    private Task ComeAndGoAsync() => RepeatAsync(async () =>
    {
        using var socket = await TcpClients.ConnectAsync(Mqtt, _stop.Token);
        await TcpClients.AskAsync(socket, "hello", _stop.Token);
    });

    private async Task ForEverAsync(Func<Task> act)
    {
        using var timer = new PeriodicTimer(s_pause);
        do
            await act();
        while (await timer.WaitForNextTickAsync(_stop.Token));
    }

    /// <summary>Goes on when it was thrown out, until the end.</summary>
    private async Task RepeatAsync(Func<Task> act)
    {
        try
        {
            await ForEverAsync(async () =>
            {
                try
                {
                    await act();
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    // A test ended it.
                }
            });
        }
        catch (OperationCanceledException)
        {
            // The tests are over.
        }
    }
}

/// <summary>Tests of one gateway, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class LiveGatewayTests : ICollectionFixture<LiveGateway>
{
    public const string Name = "Live gateway";
}
