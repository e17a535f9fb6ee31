using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests;

/// <summary>Two mosquittos behind one port, told apart by what mosquitto's clients say in their CONNECT.</summary>
[Trait("Runs", "Once")]
public sealed class MqttRoutesTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("mqttv31")]
    [InlineData("mqttv311")]
    [InlineData("mqttv5")]
    public async Task Clients_reach_the_broker_of_their_id_and_of_their_user_name(string version)
    {
        await using var plant = await MosquittoPeer.StartAsync(Cancellation, "localhost");
        await using var office = await MosquittoPeer.StartAsync(Cancellation, "localhost");
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(Json(port, plant, office), Cancellation);
        var client = new MosquittoClient(plant, port);

        await client.PublishAsync("t", "a", qos: 1, Cancellation, "-V", version, "-i", "sensor-17");
        await client.PublishAsync("t", "b", qos: 1, Cancellation, "-V", version, "-i", "desk", "-u", "plant7", "-P", "secret");
        await client.PublishAsync("t", "c", qos: 1, Cancellation, "-V", version, "-i", "desk2", "--will-topic", "gone", "--will-payload", "x");

        await plant.Log.WaitForAsync(" as sensor-17 (", RunningProgram.UsualDeadline, Cancellation);
        await plant.Log.WaitForAsync(" as desk (", RunningProgram.UsualDeadline, Cancellation);
        await office.Log.WaitForAsync(" as desk2 (", RunningProgram.UsualDeadline, Cancellation);
    }

    [Fact]
    public async Task Beside_them_one_port_serves_tls_by_name_and_ssh()
    {
        await using var plant = await MosquittoPeer.StartAsync(Cancellation, "localhost");
        await using var office = await MosquittoPeer.StartAsync(Cancellation, "localhost");
        await using var ssh = await SshdPeer.StartAsync(Cancellation);
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(
            Json(port, plant, office, $$"""
                "tls": { "Endpoints": ["in"], "Match": { "Sni": ["localhost"] }, "ClusterId": "tls" },
                "ssh": { "Endpoints": ["in"], "Match": { "Protocols": ["ssh"] }, "ClusterId": "ssh" },
                """, $$"""
                "tls": { "Destinations": { "a": { "Address": "127.0.0.1:{{office.TlsPort}}" } } },
                "ssh": { "Destinations": { "a": { "Address": "127.0.0.1:{{ssh.Port}}" } } },
                """), Cancellation);

        await new MosquittoClient(plant, port).PublishAsync("t", "a", qos: 1, Cancellation, "-i", "sensor-1");
        await new MosquittoClient(office, port, office.Certificate.CertificatePath).PublishAsync("t", "b", qos: 1, Cancellation, "-i", "secret-1");
        await plant.Log.WaitForAsync(" as sensor-1 (", RunningProgram.UsualDeadline, Cancellation);
        await office.Log.WaitForAsync(" as secret-1 (", RunningProgram.UsualDeadline, Cancellation);
        Assert.Contains("hello", (await SshClient.RunAsync(ssh, port, "echo hello", Cancellation)).Succeeded(), StringComparison.Ordinal);
    }

    private static string Json(int port, MosquittoPeer plant, MosquittoPeer office, string routes = "", string clusters = "") => GatewayJson.L4Only(
        $$"""
        {
          "Endpoints": { "in": { "Url": "tcp://localhost:{{port}}" } },
          "Routes": {
            {{routes}}
            "sensors": { "Match": { "Mqtt": { "ClientId": ["sensor-*"] } }, "ClusterId": "plant" },
            "users": { "Match": { "Mqtt": { "Username": ["plant*"] } }, "ClusterId": "plant" },
            "others": { "Match": { "Protocols": ["mqtt"] }, "Order": 1, "ClusterId": "office" }
          },
          "Clusters": {
            {{clusters}}
            "plant": { "Destinations": { "a": { "Address": "127.0.0.1:{{plant.Port}}" } } },
            "office": { "Destinations": { "a": { "Address": "127.0.0.1:{{office.Port}}" } } }
          }
        }
        """);
}
