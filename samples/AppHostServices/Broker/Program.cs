// An MQTT broker on the port that the AppHost gives it.
using System.Globalization;
using System.Net;
using MQTTnet.Server;

using var host = Host.CreateApplicationBuilder(args).Build();
var port = int.Parse(Environment.GetEnvironmentVariable("PORT") ?? "1884", CultureInfo.InvariantCulture);
using var broker = new MqttServerFactory().CreateMqttServer(new MqttServerOptionsBuilder()
    .WithDefaultEndpoint()
    .WithDefaultEndpointPort(port)
    .WithDefaultEndpointBoundIPAddress(IPAddress.Loopback)
    .WithDefaultEndpointBoundIPV6Address(IPAddress.IPv6Loopback)
    .Build());
await broker.StartAsync();
await host.RunAsync();
await broker.StopAsync();
