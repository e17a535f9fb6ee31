using System.Net;
using System.Net.Sockets;
using System.Text;
using L4Proxy.Core.Tests.House;

namespace L4Proxy.Peers.Tests.Wire;

/// <summary>An agent that says of its server, in a line, what the test has it say.</summary>
internal sealed class AgentBackend : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _answering;
    private volatile string _line;

    public AgentBackend(string line)
    {
        _line = line;
        Port = FreePorts.Next();
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Start();
        _answering = AnswerAsync();
    }

    public int Port { get; }

    /// <summary>What it says from now on.</summary>
    public void Say(string line) => _line = line;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _answering;
        _stop.Dispose();
    }

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptSocketAsync(_stop.Token);
                await client.SendAsync(Encoding.ASCII.GetBytes($"{_line}\n"), _stop.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // The test is over.
        }
    }
}
