using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using DnsClient;
using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Programs;
using MQTTnet;

namespace L4Proxy.Aspire.Tests.Running;

/// <summary>The sample AppHost, run by Aspire's orchestrator, with a second gateway that says nothing by verbs.</summary>
[Collection(nameof(Orchestrated))]
public sealed class AppHostTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_arrives_where_it_is_meant_to_and_nothing_is_left_running()
    {
        List<int> processes;
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>([], Cancellation);
        AddPlainGateway(builder);
        await using (var app = await builder.BuildAsync(Cancellation))
        {
            await app.StartAsync(Cancellation).WaitAsync(s_patience, Cancellation);
            foreach (var name in new[] { "broker", "database", "names", "web", "edge", "plain" })
                await app.ResourceNotifications.WaitForResourceHealthyAsync(name, Cancellation).WaitAsync(s_patience, Cancellation);
            processes = [.. builder.Resources.Select(resource => PidOf(app, resource)).OfType<int>()];
            Assert.True(processes.Count >= 6, $"{processes.Count} processes");

            await PublishAndSubscribeAsync(app.GetEndpoint("edge", "mqtt"));
            // Aspire's own proxy stands before its only route: nobody asks whether it listens.
            await Eventually.AcceptsAsync(app.GetEndpoint("plain", "mqtt").Port, s_patience, Cancellation);
            await PublishAndSubscribeAsync(app.GetEndpoint("plain", "mqtt"));
            await ResolveAsync(app.GetEndpoint("edge", "dns"));
            await PingDatabaseAsync(app.GetEndpoint("edge", "secure"));
            await GetPageAsync(app.GetEndpoint("edge", "web"));
            await GetPageAsync(app.GetEndpoint("plain", "http"));
            await DrainAsync(app);
        }
        await Eventually.IsAsync("all have ended", () => Task.FromResult(!processes.Any(IsRunning)), s_patience, Cancellation);
    }

    /// <summary>The other direction: the gateway finds its broker by Aspire's <c>WithReference</c> alone. A route by a verb shares the port of its own pages.</summary>
    private static void AddPlainGateway(IDistributedApplicationTestingBuilder builder)
    {
        var (broker, web) = (Find("broker"), Find("web"));
        builder.AddProject("plain", Repository.PathOf("samples/Gateway/Gateway.csproj"))
            .WithEndpoint(name: "mqtt", scheme: "tcp", env: "MQTT_PORT", isProxied: false)
            .WithHttpEndpoint(name: "http")
            .WithHttpRoute("http", "*.web.localhost", web.GetEndpoint("http"))
            .WithReference(broker.GetEndpoint("mqtt"))
            .WithEnvironment(context => context.EnvironmentVariables["L4Proxy__Endpoints__mqtt__Url"] =
                ReferenceExpression.Create($"tcp://localhost:{((IResourceWithEndpoints)context.Resource).GetEndpoint("mqtt").Property(EndpointProperty.TargetPort)}"))
            .WithEnvironment("L4Proxy__Routes__mqtt__ClusterId", "broker")
            .WithEnvironment("L4Proxy__Clusters__broker__Destinations__a__Address", "service:_mqtt.broker");

        IResourceWithEndpoints Find(string name) => (IResourceWithEndpoints)builder.Resources.Single(resource => resource.Name == name);
    }

    private static async Task PublishAndSubscribeAsync(Uri mqtt)
    {
        var factory = new MqttClientFactory();
        using var subscriber = factory.CreateMqttClient();
        using var publisher = factory.CreateMqttClient();
        var arrived = new TaskCompletionSource<string>();
        subscriber.ApplicationMessageReceivedAsync += message =>
        {
            arrived.TrySetResult(message.ApplicationMessage.ConvertPayloadToString());
            return Task.CompletedTask;
        };
        await subscriber.ConnectAsync(Options(mqtt, "subscriber"), Cancellation);
        await subscriber.SubscribeAsync("greetings/#", cancellationToken: Cancellation);
        await publisher.ConnectAsync(Options(mqtt, "publisher"), Cancellation);
        await publisher.PublishStringAsync("greetings/all", "hello", cancellationToken: Cancellation);
        Assert.Equal("hello", await arrived.Task.WaitAsync(s_patience, Cancellation));
    }

    private static MqttClientOptions Options(Uri mqtt, string id) => new MqttClientOptionsBuilder().WithTcpServer(mqtt.Host, mqtt.Port).WithClientId(id).Build();

    private static async Task ResolveAsync(Uri dns)
    {
        var client = new LookupClient(new LookupClientOptions(new NameServer(IPAddress.Loopback, dns.Port)) { UseCache = false, UseTcpFallback = false });
        var answer = await client.QueryAsync("www.example.test", QueryType.A, cancellationToken: Cancellation);
        Assert.Equal("192.0.2.1", Assert.Single(answer.Answers.ARecords()).Address.ToString());
    }

    /// <summary>The certificate is the database's own: its TLS did not end on the way.</summary>
    private static async Task PingDatabaseAsync(Uri secure)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(secure.Host, secure.Port, Cancellation);
        await using var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "orders.db.localhost", RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.Subject == "CN=orders.db.localhost" }, Cancellation);
        await tls.WriteAsync("*1\r\n$4\r\nPING\r\n"u8.ToArray(), Cancellation);
        var answer = new byte[7];
        await tls.ReadExactlyAsync(answer, Cancellation);
        Assert.Equal("+PONG\r\n", Encoding.ASCII.GetString(answer));
    }

    private static async Task GetPageAsync(Uri web)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, web);
        request.Headers.Host = "shop.web.localhost";
        using var response = await client.SendAsync(request, Cancellation);
        Assert.Equal("Hello from the web application, asked for as shop.web.localhost by 127.0.0.1.\n", (await response.Content.ReadAsStringAsync(Cancellation)).Replace("::1", "127.0.0.1", StringComparison.Ordinal));
    }

    /// <summary>The dashboard's commands take it out of service, which Aspire sees, and back.</summary>
    private static async Task DrainAsync(DistributedApplication app)
    {
        var mqtt = app.GetEndpoint("edge", "mqtt");
        Assert.True((await app.ResourceCommands.ExecuteCommandAsync("edge", "l4proxy-drain", Cancellation)).Success);
        Assert.False(await Eventually.CanConnectAsync(mqtt.Port, Cancellation));
        await app.ResourceNotifications.WaitForResourceAsync("edge", state => state.Snapshot.HealthStatus == Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Unhealthy, Cancellation).WaitAsync(s_patience, Cancellation);
        Assert.True((await app.ResourceCommands.ExecuteCommandAsync("edge", "l4proxy-undrain", Cancellation)).Success);
        Assert.True(await Eventually.CanConnectAsync(mqtt.Port, Cancellation));
        Assert.True((await app.ResourceCommands.ExecuteCommandAsync("edge", "l4proxy-reload", Cancellation)).Success);
    }

    private static int? PidOf(DistributedApplication app, IResource resource) =>
        app.ResourceNotifications.TryGetCurrentState(resource.Name, out var state)
        && state.Snapshot.Properties.FirstOrDefault(property => property.Name == "executable.pid")?.Value is { } pid ? Convert.ToInt32(pid, CultureInfo.InvariantCulture) : null;

    private static bool IsRunning(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
