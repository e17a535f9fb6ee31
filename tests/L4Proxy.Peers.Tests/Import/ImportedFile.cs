using System.Net.Sockets;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests.Import;

/// <summary>A file of another proxy's, given to that proxy and then, imported, to the gateway.</summary>
internal static class ImportedFile
{
    /// <summary>Both take the same clients to the same backends, one after the other, for both listen on the same ports.</summary>
    /// <param name="text">The file.</param>
    /// <param name="start">Starts the other proxy with it.</param>
    /// <param name="clients">The clients.</param>
    /// <param name="cancellation">Cancels it.</param>
    public static async Task AssertSameAsync(string text, Func<string, Task<Peer>> start, IReadOnlyList<ImportedClient> clients, CancellationToken cancellation)
    {
        var expected = clients.Select(client => client.Expected).ToList();
        await using (await start(text))
            Assert.Equal(expected, await AskAllAsync(clients, cancellation));
        await using var gateway = await StartAsync(text, cancellation);
        Assert.Equal(expected, await AskAllAsync(clients, cancellation));
    }

    /// <summary>A gateway with what was imported; nothing of it may be lost.</summary>
    public static async Task<GatewayProcess> StartAsync(string text, CancellationToken cancellation)
    {
        var imported = await GatewayProcess.RunAsync(text, ["--import", "FILE"], cancellation);
        return await GatewayProcess.StartAsync(imported.Succeeded(), cancellation);
    }

    /// <summary>Where each client comes out.</summary>
    public static async Task<List<string>> AskAllAsync(IReadOnlyList<ImportedClient> clients, CancellationToken cancellation)
    {
        var answers = new List<string>();
        foreach (var client in clients)
            answers.Add(await AskAsync(client, cancellation));
        return answers;
    }

    /// <summary>Where a client of TLS that ends at a port comes out.</summary>
    public static async Task<string> AskTlsAsync(int port, CancellationToken cancellation)
    {
        await using var client = await TlsClients.ConnectAsync(port, cancellation);
        return System.Text.Encoding.ASCII.GetString(await TlsClients.ReadToEndAsync(client, cancellation));
    }

    private static async Task<string> AskAsync(ImportedClient client, CancellationToken cancellation)
    {
        try
        {
            using var socket = await TcpClients.ConnectAsync(client.Port, client.From, cancellation);
            if (client.Bytes.Length > 0)
                await socket.SendAsync(client.Bytes, cancellation);
            return await TcpClients.ReadToEndAsync(socket, cancellation);
        }
        catch (SocketException)
        {
            return "";
        }
    }
}
