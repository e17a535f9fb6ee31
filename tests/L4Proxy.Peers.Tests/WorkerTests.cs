using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Text;
using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests;

/// <summary>samples/Worker as users run it, with its own appsettings.json and other addresses on the command line.</summary>
public sealed class WorkerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static string Dll { get; } = Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "WorkerDll").Value!;

    [Fact]
    public async Task It_relays_TCP_and_UDP_and_ends_in_order()
    {
        await using var echo = new EchoBackend();
        using var server = new UdpClient(new IPEndPoint(IPAddress.Loopback, echo.Port));
        var port = FreePorts.Next();
        await using var worker = RunningProgram.Start("dotnet",
            [Dll, $"--L4Proxy:Endpoints:udp:Url=udp://127.0.0.1:{port}", $"--L4Proxy:Endpoints:tcp:Url=tcp://127.0.0.1:{port}",
             $"--L4Proxy:Clusters:resolvers:Destinations:one:Address=127.0.0.1:{echo.Port}",
             "--L4Proxy:Clusters:resolvers:Destinations:two:Enabled=false"],
            Path.GetDirectoryName(Dll));
        await worker.Output.WaitForAsync("Application started", RunningProgram.UsualDeadline, Cancellation);

        using (var client = await TcpClients.ConnectAsync(port, Cancellation))
            Assert.Equal("over TCP", await TcpClients.AskAsync(client, "over TCP", Cancellation));
        await AskOverUdpAsync(server, port);

        Assert.Equal(0, await worker.StopAsync());
        Assert.DoesNotContain("fail:", worker.Output.Text, StringComparison.Ordinal);
    }

    private static async Task AskOverUdpAsync(UdpClient server, int port)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(RunningProgram.UsualDeadline);
        using var client = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        client.Connect(IPAddress.Loopback, port);

        await client.SendAsync("a question"u8.ToArray(), deadline.Token);
        var question = await server.ReceiveAsync(deadline.Token);
        await server.SendAsync("an answer"u8.ToArray(), question.RemoteEndPoint, deadline.Token);
        var answer = await client.ReceiveAsync(deadline.Token);

        Assert.Equal("a question", Encoding.UTF8.GetString(question.Buffer));
        Assert.Equal("an answer", Encoding.UTF8.GetString(answer.Buffer));
    }
}
