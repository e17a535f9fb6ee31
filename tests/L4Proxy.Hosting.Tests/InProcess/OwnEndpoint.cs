using System.Net;
using System.Net.Sockets;
using L4Proxy.Hosting.Tests.Hosts;
using L4Proxy.InProcess;
using L4Proxy.Transport.Managed;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace L4Proxy.Hosting.Tests.InProcess;

/// <summary>A port that the app knows nothing of: everything that comes to it is handed to the in-process server.</summary>
internal sealed class OwnEndpoint : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _look;
    private readonly EndPoint? _client;
    private int _accepted;

    private OwnEndpoint(TestApp host, int look, EndPoint? client)
    {
        Host = host;
        _look = look;
        _client = client;
        _listener.Start();
    }

    public TestApp Host { get; }

    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndpoint;

    public int Accepted => Volatile.Read(ref _accepted);

    public static async Task<OwnEndpoint> StartAsync(
        int look, Action<WebApplicationBuilder>? configure = null, Action<WebApplication>? map = null, EndPoint? client = null)
    {
        var endpoint = new OwnEndpoint(await TestApp.StartAsync(configure, map: map), look, client);
        _ = endpoint.AcceptAsync();
        return endpoint;
    }

    public HttpClient CreateClient(Version version)
    {
        var client = TestApp.CreateClient(version);
        client.BaseAddress = new Uri($"http://{Address}");
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await Host.DisposeAsync();
    }

    private async Task AcceptAsync()
    {
        var http = Host.App.Services.GetRequiredService<InProcessHttp>();
        for (;;)
        {
            var connection = new ManagedConnection(await _listener.AcceptSocketAsync());
            _ = FakeGate.ReadThenHandOver(_look, _client)(connection, http);
            Interlocked.Increment(ref _accepted);
        }
    }
}
