using System.Net;
using L4Proxy.Sessions;

namespace L4Proxy.Taps;

/// <summary>
/// One session as packets between its client and the address that it asked: of TCP the stream, in segments that were never on a wire, with a handshake before and FINs behind them, so that
/// what reads such files follows it; of UDP each datagram. From any thread.
/// </summary>
internal sealed class TapStream
{
    private const int MostInSegment = 32 * 1024;

    private readonly Lock _gate = new();
    private readonly Tap[] _taps;
    private readonly TimeProvider _time;
    private readonly bool _isUdp;
    private readonly PacketBuilder _packets;
    private readonly byte[] _comment;
    private bool _isFirst = true;
    private bool _isClosed;
    private bool _isReset;
    private uint _sentByClient;
    private uint _sentByServer;

    public TapStream(Tap[] taps, ISessionRecord session, EndPoint? server, TimeProvider time)
    {
        (_taps, _time, _isUdp) = (taps, time, session.Endpoint.IsUdp);
        _packets = new PacketBuilder(session.ClientEndPoint, server, session.Id);
        var tls = session.ClientTls is null ? "" : ", decrypted";
        var name = session.ServerName is { } known ? $", {known}" : "";
        _comment = System.Text.Encoding.UTF8.GetBytes($"connection {session.Id}, endpoint {session.Endpoint.Id}, route {session.Route?.Id}{name}{tls}");
        if (!_isUdp)
            WriteHandshake();
    }

    /// <summary>What the client says.</summary>
    public void Up(ReadOnlySpan<byte> bytes) => Write(bytes, fromClient: true);

    /// <summary>What it is told.</summary>
    public void Down(ReadOnlySpan<byte> bytes) => Write(bytes, fromClient: false);

    /// <summary>A direction of a connection has ended in order.</summary>
    public void Finish(bool fromClient)
    {
        lock (_gate)
        {
            Segment(fromClient, TcpFlags.Fin | TcpFlags.Ack, []);
            Advance(fromClient, 1);
        }
    }

    /// <summary>A side has reset the connection: nothing comes behind that.</summary>
    public void Reset(bool fromClient)
    {
        lock (_gate)
        {
            Segment(fromClient, TcpFlags.Rst | TcpFlags.Ack, []);
            _isReset = true;
        }
    }

    /// <summary>It is over.</summary>
    public void Close()
    {
        lock (_gate)
        {
            if (_isClosed)
                return;
            _isClosed = true;
        }
        foreach (var tap in _taps)
            tap.Leave();
    }

    private void WriteHandshake()
    {
        lock (_gate)
        {
            Segment(fromClient: true, TcpFlags.Syn, []);
            Advance(fromClient: true, 1);
            Segment(fromClient: false, TcpFlags.Syn | TcpFlags.Ack, []);
            Advance(fromClient: false, 1);
            Segment(fromClient: true, TcpFlags.Ack, []);
        }
    }

    private void Write(ReadOnlySpan<byte> bytes, bool fromClient)
    {
        lock (_gate)
        {
            if (_isUdp)
            {
                Give(_packets.Udp(fromClient, bytes), bytes.Length);
                return;
            }
            for (; !bytes.IsEmpty; bytes = bytes[Math.Min(MostInSegment, bytes.Length)..])
            {
                var segment = bytes[..Math.Min(MostInSegment, bytes.Length)];
                Segment(fromClient, TcpFlags.Psh | TcpFlags.Ack, segment);
                Advance(fromClient, segment.Length);
            }
        }
    }

    private void Segment(bool fromClient, TcpFlags flags, ReadOnlySpan<byte> bytes)
    {
        var (seq, ack) = fromClient ? (_sentByClient, _sentByServer) : (_sentByServer, _sentByClient);
        Give(_packets.Tcp(fromClient, seq, flags.HasFlag(TcpFlags.Ack) ? ack : 0, flags, bytes), bytes.Length);
    }

    private void Advance(bool fromClient, int bytes)
    {
        if (fromClient)
            _sentByClient += (uint)bytes;
        else
            _sentByServer += (uint)bytes;
    }

    private void Give(byte[] packet, int bytes)
    {
        if (_isReset || _isClosed)
            return;
        var block = Pcapng.Packet(packet, _time.GetUtcNow(), _isFirst ? _comment : []);
        _isFirst = false;
        foreach (var tap in _taps)
            tap.Write(block, bytes);
    }
}
