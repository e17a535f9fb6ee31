using System.Net;
using System.Net.Sockets;
using System.Text;
using L4Proxy.Core.Tests.House;

namespace L4Proxy.Peers.Tests.Wire;

/// <summary>Servers that say their name to whoever connects, and hear everybody out.</summary>
internal sealed class NamingBackends : IAsyncDisposable
{
    private readonly Dictionary<string, (TcpListener Listener, Task Accepting)> _servers = [];

    /// <summary>Starts one for each name, at free ports of 127.0.0.1.</summary>
    public NamingBackends(params string[] names)
    {
        foreach (var name in names)
            Add(name, FreePorts.Next());
    }

    /// <summary>The address of one.</summary>
    public string this[string name] => $"127.0.0.1:{PortOf(name)}";

    public int PortOf(string name) => ((IPEndPoint)_servers[name].Listener.LocalEndpoint).Port;

    /// <summary>Starts one at a given port.</summary>
    public void Add(string name, int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        _servers.Add(name, (listener, AcceptAsync(listener, Encoding.ASCII.GetBytes(name))));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (listener, accepting) in _servers.Values)
        {
            listener.Dispose();
            await accepting;
        }
    }

    private static async Task AcceptAsync(TcpListener listener, byte[] name)
    {
        try
        {
            while (true)
                _ = SayAsync(await listener.AcceptSocketAsync(), name);
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    private static async Task SayAsync(Socket client, byte[] name)
    {
        using (client)
        {
            try
            {
                await client.SendAsync(name);
                client.Shutdown(SocketShutdown.Send);
                var buffer = new byte[4096];
                while (await client.ReceiveAsync(buffer) > 0)
                {
                }
            }
            catch (SocketException)
            {
                // The client has gone.
            }
        }
    }
}
