using System.Buffers;
using L4Proxy.Configuration;
using L4Proxy.ProxyProtocol;
using L4Proxy.Transport;

namespace L4Proxy.Udp;

/// <summary>The PROXY header in front of what a flow sends to its destination: on the first datagram that is sent, or on every one.</summary>
internal sealed class DatagramHeader(ReadOnlyMemory<byte> bytes, bool isOnEvery)
{
    private ReadOnlyMemory<byte> _bytes = bytes;

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
            Tlvs = ClientTlvs.For(config.Tlvs, session.Id),
        };
        var buffer = new byte[ProxyHeaderWriter.MaxLength(header)];
        var length = ProxyHeaderWriter.Write(header, isDatagram: true, buffer);
        return new DatagramHeader(buffer.AsMemory(0, length), config.Datagrams == L4ProxyProtocolDatagrams.Every);
    }

    /// <summary>Whether a datagram and what has to go before it are one datagram.</summary>
    public bool Fits(int length) => _bytes.Length + length <= ConnectedDatagramSocket.LongestPayload;

    /// <summary>Sends a datagram with the header, or alone once the first has carried it.</summary>
    public DatagramStatus Send(ConnectedDatagramSocket upstream, ReadOnlySpan<byte> datagram)
    {
        if (_bytes.IsEmpty)
            return upstream.TrySend(datagram);
        if (!Fits(datagram.Length))
            return DatagramStatus.TooLarge;
        var length = _bytes.Length + datagram.Length;
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        _bytes.Span.CopyTo(buffer);
        datagram.CopyTo(buffer.AsSpan(_bytes.Length));
        var status = upstream.TrySend(buffer.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(buffer);
        if (status == DatagramStatus.Ok && !isOnEvery)
            _bytes = default;
        return status;
    }
}
