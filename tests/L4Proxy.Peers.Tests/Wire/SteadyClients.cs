using System.Collections.Concurrent;
using System.Net.Sockets;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Wire;

/// <summary>Clients that connect to a port again and again, each time for the name of the backend that they reach.</summary>
internal sealed class SteadyClients : IAsyncDisposable
{
    /// <summary>How many: the most that one thing that happens can harm.</summary>
    public const int Clients = 4;

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, int> _reached = new();
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly Task[] _clients;

    public SteadyClients(int port) => _clients = [.. Enumerable.Range(0, Clients).Select(_ => RunAsync(port))];

    /// <summary>What became of connections that reached nobody.</summary>
    public IReadOnlyCollection<string> Failures => _failures;

    /// <summary>How many connections have reached a backend.</summary>
    public int Reached(string name) => _reached.GetValueOrDefault(name);

    /// <summary>Waits until so many more connections have reached a backend.</summary>
    public Task WaitForAsync(string name, int more, CancellationToken cancellation)
    {
        var enough = Reached(name) + more;
        return Eventually.IsAsync($"{more} more connections reach {name}", () => Task.FromResult(Reached(name) >= enough), RunningProgram.UsualDeadline, cancellation);
    }

    /// <summary>Waits until all that begins from now on reaches this backend.</summary>
    public async Task WaitForOnlyAsync(string name, CancellationToken cancellation)
    {
        while (true)
        {
            var others = Others(name);
            await WaitForAsync(name, more: 50, cancellation);
            if (Others(name) == others)
                return;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_clients);
        _stop.Dispose();
    }

    private int Others(string name) => _reached.Where(item => item.Key != name).Sum(item => item.Value);

    private async Task RunAsync(int port)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var socket = await TcpClients.ConnectAsync(port, _stop.Token);
                var name = await TcpClients.ReadToEndAsync(socket, _stop.Token);
                if (name.Length == 0)
                    _failures.Enqueue("closed");
                _reached.AddOrUpdate(name, 1, (_, count) => count + 1);
            }
            catch (Exception e) when (e is SocketException or TimeoutException)
            {
                _failures.Enqueue(e.Message);
            }
            catch (OperationCanceledException)
            {
                // The test is over.
            }
        }
    }
}
