using System.Buffers;
using L4Proxy.Configuration;
using L4Proxy.ProxyProtocol;
using L4Proxy.Transport;

namespace L4Proxy.Udp;

/// <summary>The PROXY header in front of what a flow sends to its destination: on the first datagram that is sent, or on every one.</summary>
internal sealed class DatagramHeader(ReadOnlyMemory<byte> bytes, bool isOnEvery)
{
    private bool _isDone;

    /// <summary>The header of a flow; null if its cluster wants none.</summary>
    public static DatagramHeader? For(UdpSession session)
    {
        if (session.Cluster.ProxyProtocol is not { } config)
            return null;
        var header = new ProxyHeader
        {
            Version = 2,
            Source = session.ClientEndPoint,
            Destination = session.Key.Local.ToIPEndPoint(),
            Tlvs = ClientTlvs.For(config.Tlvs, session.Id, hello: session.Hello),
        };
        var buffer = new byte[ProxyHeaderWriter.MaxLength(header)];
        var length = ProxyHeaderWriter.Write(header, isDatagram: true, buffer);
        return new DatagramHeader(buffer.AsMemory(0, length), config.Datagrams == L4ProxyProtocolDatagrams.Every);
    }

    /// <summary>Whether a datagram and what has to go before it are one datagram.</summary>
    public bool Fits(int length) => (_isDone ? 0 : bytes.Length) + length <= ConnectedDatagramSocket.LongestPayload;

    /// <summary>What is sent next goes to another destination.</summary>
    public void Reset() => _isDone = false;

    /// <summary>Sends a datagram with the header, or alone once the first has carried it.</summary>
    public DatagramStatus Send(ConnectedDatagramSocket upstream, ReadOnlySpan<byte> datagram)
    {
        if (_isDone)
            return upstream.TrySend(datagram);
        if (!Fits(datagram.Length))
            return DatagramStatus.TooLarge;
        var length = bytes.Length + datagram.Length;
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        bytes.Span.CopyTo(buffer);
        datagram.CopyTo(buffer.AsSpan(bytes.Length));
        var status = upstream.TrySend(buffer.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(buffer);
        _isDone |= status == DatagramStatus.Ok && !isOnEvery;
        return status;
    }
}
