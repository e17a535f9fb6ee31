using L4Proxy.Core.Tests.House;
using L4Proxy.Transport;
using L4Proxy.Udp;

namespace L4Proxy.Core.Tests.Udp;

public sealed class DatagramHeaderTests
{
    private static readonly byte[] s_header = "HEADER "u8.ToArray();

    [Fact]
    public void The_first_datagram_that_is_really_sent_carries_it()
    {
        using var socket = new Recorder { Status = DatagramStatus.WouldBlock };
        var header = new DatagramHeader(s_header, isOnEvery: false);
        Assert.Equal(DatagramStatus.WouldBlock, header.Send(socket, "lost"u8));
        socket.Status = DatagramStatus.Ok;
        Assert.Equal(DatagramStatus.Ok, header.Send(socket, "first"u8));
        Assert.Equal("HEADER first"u8, socket.Last);
        header.Send(socket, "second"u8);
        Assert.Equal("second"u8, socket.Last);
    }

    [Fact]
    public void Once_it_is_sent_a_datagram_may_be_longer()
    {
        using var socket = new Recorder();
        var header = new DatagramHeader(s_header, isOnEvery: false);
        var longest = new byte[ConnectedDatagramSocket.LongestPayload];
        Assert.Equal(DatagramStatus.TooLarge, header.Send(socket, longest));
        Assert.Equal(0, socket.Count);
        header.Send(socket, []);
        Assert.Equal(DatagramStatus.Ok, header.Send(socket, longest));
    }

    [Fact]
    public void Nothing_is_allocated_per_datagram()
    {
        using var socket = new Recorder();
        var header = new DatagramHeader(s_header, isOnEvery: true);
        var datagram = new byte[1400];
        Assert.Equal(DatagramStatus.Ok, header.Send(socket, datagram));
        Assert.Equal(0, Allocated.By(() => header.Send(socket, datagram), times: 1_000));
    }

    /// <summary>Keeps the last datagram and answers as told.</summary>
    private sealed class Recorder : ConnectedDatagramSocket
    {
        private readonly byte[] _last = new byte[65536];
        private int _length;

        public DatagramStatus Status { get; set; }

        public int Count { get; private set; }

        public ReadOnlySpan<byte> Last => _last.AsSpan(0, _length);

        public override DatagramStatus TrySend(ReadOnlySpan<byte> datagram)
        {
            datagram.CopyTo(_last);
            _length = datagram.Length;
            Count++;
            return Status;
        }

        public override ValueTask<DatagramStatus> ReceiveAsync(ReplyReceiver receiver, object state) => throw new NotSupportedException();

        public override void Dispose()
        {
            // There is nothing behind it.
        }
    }
}
