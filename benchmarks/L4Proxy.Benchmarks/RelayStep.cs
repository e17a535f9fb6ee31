using System.Net;
using System.Net.Sockets;
using BenchmarkDotNet.Attributes;
using L4Proxy.Configuration;
using L4Proxy.Listening;
using Microsoft.Extensions.DependencyInjection;

namespace L4Proxy.Benchmarks;

/// <summary>A request and its response through the whole proxy on loopback, on a connection that is kept.</summary>
/// <remarks>
/// Client and server are blocking sockets on threads of their own: four wake-ups an operation, which is most of the time. What is
/// allocated is that of all threads.
/// </remarks>
[MemoryDiagnoser]
[MinColumn]
public class RelayStep
{
    private readonly byte[] _request = new byte[65536];
    private readonly byte[] _response = new byte[65536];
    private ServiceProvider? _services;
    private Socket? _server;
    private Socket? _client;

    [Params(L4TransportKind.Managed, L4TransportKind.Linux)]
    public L4TransportKind Transport { get; set; }

    [Params(100, 65536)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _server = Listen();
        new Thread(Echo) { IsBackground = true }.Start();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IL4ConfigProvider>(new L4InMemoryConfigProvider(new L4Config
        {
            Transport = Transport,
            Endpoints = new Dictionary<string, L4Endpoint> { ["in"] = new() { Url = "tcp://127.0.0.1:0" } },
            Routes = new Dictionary<string, L4Route> { ["all"] = new() { ClusterId = "out" } },
            Clusters = new Dictionary<string, L4Cluster>
            {
                ["out"] = new() { Destinations = new Dictionary<string, L4Destination> { ["a"] = new() { Address = $"{_server.LocalEndPoint}" } } },
            },
        }));
        services.AddProxyServer();
        _services = services.BuildServiceProvider();
        _services.GetRequiredService<ProxyServer>().Start();
        _client = Connect(_services.GetRequiredService<OwnListeners>().Addresses[0].EndPoint);
    }

    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        _client!.Dispose();
        _server!.Dispose();
        await _services!.GetRequiredService<ProxyServer>().StopAsync(new CancellationToken(canceled: true));
        await _services!.DisposeAsync();
    }

    [Benchmark]
    public int RequestAndResponse()
    {
        _client!.Send(_request.AsSpan(0, Bytes));
        var received = 0;
        while (received < Bytes)
            received += _client.Receive(_response.AsSpan(received, Bytes - received));
        return received;
    }

    private static Socket Listen()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        return socket;
    }

    private static Socket Connect(EndPoint to)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(to);
        return socket;
    }

    private void Echo()
    {
        using var connection = _server!.Accept();
        connection.NoDelay = true;
        var buffer = new byte[65536];
        int count;
        while ((count = connection.Receive(buffer)) > 0)
            connection.Send(buffer.AsSpan(0, count));
    }
}
