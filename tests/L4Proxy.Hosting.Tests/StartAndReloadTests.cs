using System.Net;
using System.Net.Sockets;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.House;
using L4Proxy.Hosting.Tests.Hosts;
using L4Proxy.Listening;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace L4Proxy.Hosting.Tests;

/// <summary>Ports that are taken, a file that goes away, and a reload on demand.</summary>
public sealed class StartAndReloadTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("l4proxy-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string FilePath => Path.Combine(_directory, "appsettings.json");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Where_nothing_at_all_can_be_bound_the_start_fails_if_that_is_wanted(bool wanted)
    {
        using var other = Take(out var port);
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddL4Proxy(o => o.FailIfNothingBinds = wanted).LoadFromMemory(Listen(port));
        using var host = builder.Build();

        if (!wanted)
        {
            await host.StartAsync(Token);
            await host.StopAsync(Token);
            return;
        }

        var error = await Assert.ThrowsAsync<IOException>(() => host.StartAsync(Token));
        Assert.Contains($"Endpoint 'in' cannot listen on tcp://127.0.0.1:{port}: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_Kestrel_listens_a_taken_port_of_an_own_endpoint_is_only_an_error_in_the_log()
    {
        using var other = Take(out var port);
        await using var test = await TestApp.StartAsync(b => b.Services.AddL4Proxy(o => o.FailIfNothingBinds = true).LoadFromMemory(Listen(port)));
        using var client = TestApp.CreateClient();

        Assert.Equal("hello", await client.GetStringAsync(test.Url, Token));
        Assert.Equal(1, test.CountOf("CannotListen"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("{ broken")]
    public async Task An_appsettings_file_that_goes_away_closes_nothing_and_is_an_error(string? change)
    {
        var port = FreePorts.Next();
        await File.WriteAllTextAsync(FilePath, $$"""{ "L4Proxy": { "Endpoints": { "in": { "Url": "tcp://127.0.0.1:{{port}}" } } } }""", Token);
        await using var test = await TestApp.StartAsync(b => b.Configuration.AddJsonFile(FilePath, optional: true, reloadOnChange: true));

        if (change is null)
            File.Delete(FilePath);
        else
            await File.WriteAllTextAsync(FilePath, change, Token);

        await Deadline.Until(() => test.CountOf("ConfigRejected") > 0);
        Assert.Single(test.App.Services.GetRequiredService<OwnListeners>().Addresses, address => address.Error is null);
        Assert.Equal(0, test.CountOf("StoppedListening"));
    }

    [Fact]
    public async Task A_reload_on_demand_reads_files_that_nobody_follows()
    {
        await File.WriteAllTextAsync(FilePath, """{ "L4Proxy": { "MaxConnections": 7 } }""", Token);
        await using var test = await TestApp.StartAsync(b => b.Configuration.AddJsonFile(FilePath, optional: false, reloadOnChange: false));
        await File.WriteAllTextAsync(FilePath, """{ "L4Proxy": { "MaxConnections": 8 } }""", Token);

        test.App.Services.GetRequiredService<IL4Reload>().Reload();

        await Deadline.Until(() => test.App.Services.GetRequiredService<ProxyServer>().Snapshot.Config.MaxConnections == 8);
        Assert.Equal(1, test.CountOf("Reloading"));
    }

    private static Socket Take(out int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        return socket;
    }

    private static L4Config Listen(int port) => new()
    {
        Endpoints = new Dictionary<string, L4Endpoint> { ["in"] = new() { Url = $"tcp://127.0.0.1:{port}" } },
    };
}
