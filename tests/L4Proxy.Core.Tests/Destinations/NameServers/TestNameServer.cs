using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace L4Proxy.Core.Tests.Destinations.NameServers;

/// <summary>A name server of the test's on 127.0.0.1, over UDP and TCP, that answers as it is told, also what no name server should.</summary>
internal sealed class TestNameServer : IDisposable
{
    private readonly UdpClient _datagrams;
    private readonly TcpListener _streams;
    private readonly ConcurrentBag<TcpClient> _clients = [];
    private readonly ConcurrentQueue<TestQuery> _queries = new();

    /// <summary>Answers each query with what <paramref name="answer"/> makes of it; nothing where that is null.</summary>
    public TestNameServer(Func<TestQuery, byte[]?> answer)
    {
        Answer = answer;
        (_datagrams, _streams) = Bind();
        EndPoint = (IPEndPoint)_datagrams.Client.LocalEndPoint!;
        _ = AnswerDatagramsAsync();
        _ = AcceptAsync();
    }

    public IPEndPoint EndPoint { get; }

    public Func<TestQuery, byte[]?> Answer { get; set; }

    /// <summary>Whether it closes each TCP connection once it has answered on it.</summary>
    public bool ClosesStreams { get; set; }

    /// <summary>What it was asked so far.</summary>
    public IReadOnlyCollection<TestQuery> Queries => _queries;

    /// <summary>Sends an answer later than it was asked for.</summary>
    public void Send(TestQuery query, byte[] answer) => _datagrams.Send(answer, query.From);

    public void Dispose()
    {
        _datagrams.Dispose();
        _streams.Dispose();
        foreach (var client in _clients)
            client.Dispose();
    }

    /// <summary>A port that is free for both.</summary>
    private static (UdpClient Datagrams, TcpListener Streams) Bind()
    {
        for (var left = 20; ; left--)
        {
            var datagrams = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
            var streams = new TcpListener((IPEndPoint)datagrams.Client.LocalEndPoint!);
            try
            {
                streams.Start();
                return (datagrams, streams);
            }
            catch (SocketException) when (left > 0)
            {
                datagrams.Dispose();
                streams.Dispose();
            }
        }
    }

    private async Task AnswerDatagramsAsync()
    {
        try
        {
            while (true)
            {
                var received = await _datagrams.ReceiveAsync();
                if (Ask(TestQuery.Of(received.Buffer, received.RemoteEndPoint, isStream: false)) is { } answer)
                    await _datagrams.SendAsync(answer, received.RemoteEndPoint);
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _streams.AcceptTcpClientAsync();
                _clients.Add(client);
                _ = AnswerStreamAsync(client);
            }
        }
        catch (Exception e) when (e is InvalidOperationException or SocketException)
        {
        }
    }

    private async Task AnswerStreamAsync(TcpClient client)
    {
        try
        {
            var stream = client.GetStream();
            var length = new byte[2];
            while (true)
            {
                await stream.ReadExactlyAsync(length);
                var query = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                await stream.ReadExactlyAsync(query);
                if (Ask(TestQuery.Of(query, (IPEndPoint)client.Client.RemoteEndPoint!, isStream: true)) is not { } answer)
                    continue;
                BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)answer.Length);
                await stream.WriteAsync((byte[])[.. length, .. answer]);
                if (ClosesStreams)
                    client.Dispose();
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or IOException)
        {
        }
    }

    private byte[]? Ask(TestQuery query)
    {
        _queries.Enqueue(query);
        return Answer(query);
    }
}
