using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using L4Proxy.Core.Tests.Limits;
using L4Proxy.Transport.Linux.Reactors;

namespace L4Proxy.Core.Tests.Transport;

[SupportedOSPlatform("linux")]
public class ReactorTests
{
    [Fact]
    public async Task What_is_posted_after_its_end_is_written_to_nobodys_socket()
    {
        var groups = Enumerable.Range(0, 20).Select(_ => new ReactorGroup(1, _ => { }, Budgets.Endless())).ToList();
        var reactors = groups.ConvertAll(group => group.All[0]);
        groups.ForEach(group => group.Dispose());
        // They get the numbers that the reactors had.
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var sockets = new List<Socket>();
        for (var i = 0; i < 60; i++)
        {
            var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await client.ConnectAsync(listener.LocalEndPoint!, TestContext.Current.CancellationToken);
            sockets.AddRange(client, await listener.AcceptAsync(TestContext.Current.CancellationToken));
        }

        reactors.ForEach(reactor => reactor.Post(_ => { }, null));
        reactors.ForEach(reactor => reactor.Dispose());

        Assert.All(sockets, socket => Assert.Equal(0, socket.Available));
        sockets.ForEach(socket => socket.Dispose());
    }
}
