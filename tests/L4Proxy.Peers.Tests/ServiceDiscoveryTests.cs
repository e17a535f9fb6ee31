using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace L4Proxy.Peers.Tests;

/// <summary>What Aspire's <c>WithReference(broker)</c> puts into the environment of an application is a destination as it is; here with mosquitto.</summary>
[Trait("Runs", "Once")]
public sealed class ServiceDiscoveryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_broker_that_the_environment_names_is_reached()
    {
        await using var broker = await MosquittoPeer.StartAsync(Cancellation, "localhost");
        var port = FreePorts.Next();
        // The name is this test's own: the environment is that of all tests here.
        Environment.SetEnvironmentVariable($"services__broker{port}__mqtt__0", $"tcp://127.0.0.1:{broker.Port}");
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["L4Proxy:Transport"] = Environment.GetEnvironmentVariable("L4PROXY_TRANSPORT"),
            ["L4Proxy:Endpoints:mqtt:Url"] = $"tcp://127.0.0.1:{port}",
            ["L4Proxy:Routes:mqtt:ClusterId"] = "broker",
            ["L4Proxy:Clusters:broker:Destinations:a:Address"] = $"service:_mqtt.broker{port}",
            ["L4Proxy:ShutdownTimeout"] = "00:00:00",
        });
        builder.Services.AddServiceDiscovery();
        builder.Services.AddL4Proxy();
        using var host = builder.Build();
        await host.StartAsync(Cancellation);

        var client = new MosquittoClient(broker, port);
        await using var subscriber = await client.SubscribeAsync("reader", "news", qos: 1, count: 1, Cancellation);
        await client.PublishAsync("news", "hello", qos: 1, Cancellation);

        Assert.Equal("hello", (await subscriber.WaitForExitAsync(RunningProgram.UsualDeadline, Cancellation)).Succeeded());
        await host.StopAsync(Cancellation);
    }
}
