using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using L4Proxy.Hosting.Tests.Hosts;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace L4Proxy.Hosting.Tests.Testing;

/// <summary>What docs/testing.md shows, run.</summary>
public sealed class EdgeFactoryTests : IDisposable
{
    private readonly TcpListener _broker = new(IPAddress.Loopback, 0);

    public EdgeFactoryTests() => _broker.Start();

    private static CancellationToken cancellationToken => TestContext.Current.CancellationToken;

    private string Broker => _broker.LocalEndpoint.ToString()!;

    public void Dispose() => _broker.Dispose();

    [Fact]
    public async Task A_test_finds_the_port_that_an_endpoint_got()
    {
        var broker = Broker;
        await using var factory = new EdgeFactory(broker);
        var endpoints = factory.Services.GetRequiredService<IL4Endpoints>();      // starts the app
        var mqtt = await endpoints.WaitUntilListeningAsync("mqtt", cancellationToken);

        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, mqtt.Port!.Value, cancellationToken);

        using var accepted = await _broker.AcceptTcpClientAsync(cancellationToken).InTime();
        Assert.True(accepted.Connected);
    }

    [Fact]
    public async Task A_fake_clock_moves_the_timeouts()
    {
        var broker = Broker;
        var time = new FakeTimeProvider();
        await using var factory = new EdgeFactory(broker)
            .WithWebHostBuilder(builder => builder.ConfigureTestServices(services => services.AddSingleton<TimeProvider>(time)));
        var ssh = factory.WithWebHostBuilder(builder => builder.ConfigureAppConfiguration(configuration =>
            configuration.AddInMemoryCollection([new("L4Proxy:Routes:mqtt:Match:Protocols:0", "ssh")])));
        var endpoint = await ssh.Services.GetRequiredService<IL4Endpoints>().WaitUntilListeningAsync("mqtt", cancellationToken);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, endpoint.Port!.Value, cancellationToken);
        var read = client.GetStream().ReadAsync(new byte[1], cancellationToken).AsTask();
        time.Advance(TimeSpan.FromSeconds(6));                                   // PrefaceTimeout is 5 seconds

        // The connection may have been on its way yet to where the timeout begins.
        await Deadline.Until(() =>
        {
            time.Advance(TimeSpan.FromSeconds(6));
            return read.IsCompleted;
        });
        await Assert.ThrowsAnyAsync<IOException>(() => read.InTime());
    }

    [Fact]
    public async Task An_open_connection_does_not_hold_up_the_end_of_a_test()
    {
        var watch = new Stopwatch();
        using var client = new TcpClient();
        await using (var factory = new EdgeFactory(Broker))
        {
            var mqtt = await factory.Services.GetRequiredService<IL4Endpoints>().WaitUntilListeningAsync("mqtt", cancellationToken);
            await client.ConnectAsync(IPAddress.Loopback, mqtt.Port!.Value, cancellationToken);
            using var accepted = await _broker.AcceptTcpClientAsync(cancellationToken).InTime();
            watch.Start();
        }

        // Half of the default of ShutdownTimeout.
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(12));
    }
}
