using System.Net;
using System.Net.Sockets;
using System.Text;
using L4Proxy.Configuration;
using L4Proxy.Hosting.Tests.Hosts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace L4Proxy.Hosting.Tests.Discovery;

/// <summary>Destinations that are services of Microsoft.Extensions.ServiceDiscovery.</summary>
public sealed class ServiceDiscoveryTests : IDisposable
{
    private readonly TcpListener _first = Listen();
    private readonly TcpListener _second = Listen();
    private readonly Dictionary<string, string?> _values;

    public ServiceDiscoveryTests() => _values = new()
    {
        ["L4Proxy:Transport"] = Environment.GetEnvironmentVariable("L4PROXY_TRANSPORT"),
        ["L4Proxy:Endpoints:in:Url"] = "tcp://127.0.0.1:0",
        ["L4Proxy:Routes:all:ClusterId"] = "up",
        ["L4Proxy:Clusters:up:Destinations:a:Address"] = "service:_mqtt.broker",
        ["L4Proxy:ShutdownTimeout"] = "00:00:00",
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    [Theory]
    [InlineData("service:_mqtt.broker", "services:broker:mqtt:0", "tcp://127.0.0.1:{0}")]
    [InlineData("service:_mqtt.broker", "Services:broker:mqtt", "127.0.0.1:{0}")]
    [InlineData("service:_mqtt.broker", "Services:broker:mqtt:0", "tcp://localhost:{0}/path")]
    [InlineData("service:broker", "Services:broker:default:0", "127.0.0.1:{0}")]
    [InlineData("service:https+http://broker", "Services:broker:http:0", "http://localhost:{0}")]
    public async Task A_service_is_where_the_configuration_says(string address, string key, string value)
    {
        _values["L4Proxy:Clusters:up:Destinations:a:Address"] = address;
        _values[key] = string.Format(System.Globalization.CultureInfo.InvariantCulture, value, PortOf(_first));
        using var host = await StartAsync();
        await TalkAsync(host, _first);
    }

    [Fact]
    public async Task Of_several_endpoints_each_is_reached_and_one_that_is_not_there_costs_nobody_a_connection()
    {
        _values["Services:broker:mqtt:0"] = $"tcp://127.0.0.1:{PortOf(_first)}";
        _values["Services:broker:mqtt:1"] = $"tcp://127.0.0.1:{PortOf(_second)}";
        using var host = await StartAsync();
        var reached = new HashSet<TcpListener>();
        for (var i = 0; i < 200 && reached.Count < 2; i++)
            reached.Add(await ConnectAsync(host));
        Assert.Equal(2, reached.Count);

        _first.Dispose();
        for (var i = 0; i < 20; i++)
            await TalkAsync(host, _second);
    }

    [Fact]
    public async Task A_change_moves_new_connections_and_no_others()
    {
        _values["Services:broker:mqtt:0"] = $"tcp://127.0.0.1:{PortOf(_first)}";
        var source = new ChangingConfiguration(_values);
        using var host = await StartAsync(source);
        using var before = await RawClient.ConnectAsync(await EndPointAsync(host));
        using var server = await _first.AcceptTcpClientAsync(Token).AsTask().InTime();

        source.Change("Services:broker:mqtt:0", $"tcp://127.0.0.1:{PortOf(_second)}");

        await TalkAsync(host, _second);
        await before.SendAsync("still here");
        var heard = new byte["still here".Length];
        await server.GetStream().ReadExactlyAsync(heard, Token).AsTask().InTime();
        Assert.Equal("still here", Encoding.ASCII.GetString(heard));

        // A service that nobody knows of any more stays where it was, for a while.
        source.Change("Services:broker:mqtt:0", null);
        await TalkAsync(host, _second);
    }

    [Theory]
    [InlineData(false, "service:_mqtt.broker", "'service:_mqtt.broker' is looked up by Microsoft.Extensions.ServiceDiscovery, which is not registered: call 'AddL4Proxy().AddServiceDiscovery()'.")]
    [InlineData(true, "service:://", "'://' is not the name of a service, as in '_mqtt.broker', 'broker' or 'tcp://broker'.")]
    public async Task What_cannot_be_looked_up_is_an_error_at_its_path(bool isRegistered, string address, string error)
    {
        _values["L4Proxy:Clusters:up:Destinations:a:Address"] = address;
        var failure = await Assert.ThrowsAsync<L4ConfigException>(() => StartAsync(isRegistered: isRegistered));
        Assert.Equal($"L4Proxy:Clusters:up:Destinations:a:Address: {error}", Assert.Single(failure.Errors).ToString());
    }

    [Fact]
    public async Task TLS_to_a_service_needs_a_name()
    {
        _values["L4Proxy:Clusters:up:Tls:SkipVerify"] = "true";
        var failure = await Assert.ThrowsAsync<L4ConfigException>(() => StartAsync());
        Assert.Equal(
            "L4Proxy:Clusters:up:Tls:ServerName: The destination 'a' is a service, whose hosts are whatever it is said to be at; say which name their certificates have.",
            Assert.Single(failure.Errors).ToString());
    }

    [Fact]
    public async Task A_service_that_nobody_knows_of_resets_its_clients()
    {
        using var host = await StartAsync();
        var endPoint = await EndPointAsync(host);
        // It may come before the client knows that it is connected.
        var reset = await Assert.ThrowsAsync<SocketException>(async () =>
        {
            using var client = await RawClient.ConnectAsync(endPoint);
            await client.ReadToEndAsync();
        });
        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
    }

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private static int PortOf(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

    private static async Task<EndPoint> EndPointAsync(IHost host)
    {
        var endpoint = await host.Services.GetRequiredService<IL4Endpoints>().WaitUntilListeningAsync("in", Token);
        return new IPEndPoint(IPAddress.Loopback, endpoint.Port!.Value);
    }

    private static async Task TalkAsync(IHost host, TcpListener listener)
    {
        using var client = await RawClient.ConnectAsync(await EndPointAsync(host));
        using var server = await listener.AcceptTcpClientAsync(Token).AsTask().InTime();
        await client.SendAsync("hello");
        Assert.Equal("hello", await ReadAsync(server));
    }

    private static async Task<string> ReadAsync(TcpClient server)
    {
        var heard = new byte["hello".Length];
        await server.GetStream().ReadExactlyAsync(heard, Token).AsTask().InTime();
        return Encoding.ASCII.GetString(heard);
    }

    /// <summary>Connects, and answers who was reached.</summary>
    private async Task<TcpListener> ConnectAsync(IHost host)
    {
        using var client = await RawClient.ConnectAsync(await EndPointAsync(host));
        await Deadline.Until(() => _first.Pending() || _second.Pending());
        var reached = _first.Pending() ? _first : _second;
        (await reached.AcceptTcpClientAsync(Token)).Dispose();
        return reached;
    }

    private async Task<IHost> StartAsync(ChangingConfiguration? source = null, bool isRegistered = true)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.Sources.Add(source ?? new ChangingConfiguration(_values));
        var proxy = builder.Services.AddL4Proxy();
        if (isRegistered)
            proxy.AddServiceDiscovery();
        var host = builder.Build();
        await host.StartAsync(Token);
        return host;
    }
}
