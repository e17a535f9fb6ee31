using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.House;
using L4Proxy.Limits;
using L4Proxy.Snapshot;
using L4Proxy.Tcp;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>
/// Clients and destinations that end at random, in every way, while others work: afterwards every counter is where it was, and
/// whoever was not cut off got every byte. With L4PROXY_SOAK=1 for two minutes; L4PROXY_SEED=n repeats the choices of a run that failed.
/// </summary>
public sealed class RandomEndsTests
{
    private const int Clients = 24;
    private const int MostBytes = 400_000;

    private static readonly TimeSpan s_duration =
        Environment.GetEnvironmentVariable("L4PROXY_SOAK") == "1" ? TimeSpan.FromMinutes(2) : TimeSpan.FromSeconds(4);

    private static readonly int s_seed = int.TryParse(Environment.GetEnvironmentVariable("L4PROXY_SEED"), CultureInfo.InvariantCulture, out var seed)
        ? seed : RandomNumberGenerator.GetInt32(int.MaxValue - Clients);

    [Fact]
    public async Task Nothing_is_left_and_every_count_is_even()
    {
        MortalEcho[] echoes = [new(), new(), new()];
        await using var proxy = TestProxy.Start(To(echoes[0].Address) with
        {
            AccessLog = new L4AccessLog { Enabled = false },
            Clusters = Map(("up", Cluster([.. echoes.Select(echo => echo.Address)]) with { LoadBalancingPolicy = "RoundRobin" })),
        });
        using var counts = new ConnectionCounts(proxy);
        var destinations = proxy.Get<ConfigLoader>().LoadFirst().Clusters["up"].Destinations;

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        stop.CancelAfter(s_duration);
        var clients = Enumerable.Range(0, Clients).Select(i => Task.Run(() => LiveAsync(proxy.AddressOf(), new Random(s_seed + i), stop.Token), CancellationToken.None)).ToArray();
        var killer = Task.Run(() => KillAsync(echoes, new Random(s_seed - 1), stop.Token), CancellationToken.None);
        await killer;
        var whole = (await Task.WhenAll(clients)).Sum();

        var sessions = proxy.Get<SessionSet>();
        await sessions.WaitForNoneAsync().InTime();
        TestContext.Current.TestOutputHelper?.WriteLine($"L4PROXY_SEED={s_seed}: {counts.Ended} connections, {whole} of them whole");
        Assert.True(whole > 10, $"L4PROXY_SEED={s_seed}: {whole} whole connections");
        Assert.True(counts.Ended > whole);
        await counts.ExpectNoneActiveAsync();
        Assert.Equal(0, proxy.Get<DescriptorBudget>().Connections);
        Assert.All(destinations, destination => Assert.Equal(0, destination.State.Active));
        foreach (var echo in echoes)
            echo.Dispose();
    }

    /// <summary>Connects again and again.</summary>
    /// <returns>How many connections were answered to their orderly end.</returns>
    private static async Task<int> LiveAsync(EndPoint proxy, Random random, CancellationToken stop)
    {
        var whole = 0;
        while (!stop.IsCancellationRequested)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(proxy, CancellationToken.None).InTime();
                whole += await AskAsync(socket, random) ? 1 : 0;
            }
            catch (SocketException)
            {
                // The destination was killed.
            }
        }
        return whole;
    }

    private static async Task<bool> AskAsync(Socket socket, Random random)
    {
        var question = new byte[random.Next(MostBytes)];
        random.NextBytes(question);
        var asking = TrySendAsync(socket, question);
        var ending = random.Next(5);
        if (ending == 0)
            return false; // Closed with bytes unread, or not even sent: RST.
        if (ending == 1)
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
            return false;
        }
        using var answer = new MemoryStream();
        var buffer = new byte[32768];
        var enough = ending == 2 ? question.Length / 2 : int.MaxValue;
        int count;
        while (answer.Length <= enough && (count = await socket.ReceiveAsync(buffer).InTime()) > 0)
            answer.Write(buffer, 0, count);
        if (ending == 2)
            return false;
        // A reset is told to whoever asks first: if that is the sender, the receiver sees the end.
        if (!await asking)
            return false;
        var same = question.AsSpan().CommonPrefixLength(answer.GetBuffer().AsSpan(0, (int)answer.Length));
        Assert.True(
            same == question.Length && same == answer.Length,
            $"L4PROXY_SEED={s_seed}: {answer.Length} of {question.Length} bytes came back, and then FIN; the first that differs is at {same}");
        return true;
    }

    private static async Task<bool> TrySendAsync(Socket socket, ReadOnlyMemory<byte> question)
    {
        try
        {
            while (!question.IsEmpty)
                question = question[await socket.SendAsync(question, CancellationToken.None)..];
            socket.Shutdown(SocketShutdown.Send);
            return true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    private static async Task KillAsync(MortalEcho[] echoes, Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var echo = echoes[random.Next(echoes.Length)];
            await Task.Delay(random.Next(10, 100), CancellationToken.None);
            echo.Kill();
            await Task.Delay(random.Next(0, 30), CancellationToken.None);
            echo.Revive();
        }
    }

    /// <summary>Says what it hears; killed, it is a process that was killed: connections are reset, new ones refused.</summary>
    private sealed class MortalEcho : IDisposable
    {
        private readonly Lock _gate = new();
        private readonly HashSet<Socket> _connections = [];
        private Socket _listener;

        public MortalEcho()
        {
            _listener = Listen(FreePorts.On(IPAddress.Loopback));
            Address = (IPEndPoint)_listener.LocalEndPoint!;
        }

        public IPEndPoint Address { get; }

        public void Kill()
        {
            lock (_gate)
            {
                _listener.Dispose();
                foreach (var connection in _connections)
                    connection.Close(timeout: 0);
                _connections.Clear();
            }
        }

        public void Revive()
        {
            lock (_gate)
                _listener = Listen(Address);
        }

        public void Dispose() => Kill();

        private Socket Listen(IPEndPoint address)
        {
            var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
            listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, optionValue: true);
            listener.Bind(address);
            listener.Listen();
            _ = AcceptAsync(listener);
            return listener;
        }

        private async Task AcceptAsync(Socket listener)
        {
            try
            {
                for (;;)
                    _ = EchoAsync(listener, await listener.AcceptAsync());
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // Killed.
            }
        }

        private async Task EchoAsync(Socket listener, Socket connection)
        {
            lock (_gate)
            {
                if (listener != _listener)
                    connection.Close(timeout: 0);
                else
                    _connections.Add(connection);
            }
            try
            {
                var buffer = new byte[65536];
                int count;
                while ((count = await connection.ReceiveAsync(buffer)) > 0)
                {
                    for (var sent = 0; sent < count;)
                        sent += await connection.SendAsync(buffer.AsMemory(sent, count - sent));
                }
                connection.Shutdown(SocketShutdown.Both);
                connection.Dispose();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                connection.Dispose();
            }
            lock (_gate)
                _connections.Remove(connection);
        }
    }

    /// <summary>What one proxy counts of its connections.</summary>
    private sealed class ConnectionCounts(TestProxy proxy) : IDisposable
    {
        private readonly MetricCollector<long> _active = new(proxy.Get<IMeterFactory>(), "L4Proxy", "l4proxy.connections.active");
        private readonly MetricCollector<long> _ended = new(proxy.Get<IMeterFactory>(), "L4Proxy", "l4proxy.connections");

        public long Ended => _ended.GetMeasurementSnapshot().EvaluateAsCounter();

        /// <summary>The record comes last.</summary>
        public async Task ExpectNoneActiveAsync()
        {
            for (var end = Environment.TickCount64 + TestPeer.Patience.TotalMilliseconds; Active != 0; await Task.Yield())
                Assert.True(Environment.TickCount64 < end, $"{Active} connections are counted as active");
        }

        public void Dispose()
        {
            _active.Dispose();
            _ended.Dispose();
        }

        private long Active => _active.GetMeasurementSnapshot().EvaluateAsCounter();
    }
}
