using System.Buffers;
using L4Proxy.Configuration;
using L4Proxy.ProxyProtocol;
using L4Proxy.Transport;

namespace L4Proxy.Udp;

/// <summary>The PROXY header in front of what a flow sends to its destination: of the first datagram that is sent, or of every one.</summary>
internal sealed class DatagramHeader
{
    private readonly bool _isOnEvery;
    private readonly byte[] _bytes;
    private int _length;

    private DatagramHeader(byte[] bytes, int length, bool isOnEvery)
    {
        _bytes = bytes;
        _length = length;
        _isOnEvery = isOnEvery;
    }

    /// <summary>The header of a flow's cluster; null if it wants none.</summary>
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
        var bytes = new byte[ProxyHeaderWriter.MaxLength(header)];
        var length = ProxyHeaderWriter.Write(header, isDatagram: true, bytes);
        return new DatagramHeader(bytes, length, config.Datagrams == L4ProxyProtocolDatagrams.Every);
    }

    /// <summary>Whether a datagram is short enough to go behind the header, if that is still to be sent.</summary>
    public bool Fits(int datagramLength) => _length + datagramLength <= ConnectedDatagramSocket.LongestPayload;

    /// <summary>Sends a datagram with the header, or alone once the first one has carried it.</summary>
    public DatagramStatus Send(ConnectedDatagramSocket upstream, ReadOnlySpan<byte> datagram)
    {
        if (_length == 0)
            return upstream.TrySend(datagram);
        if (!Fits(datagram.Length))
            return DatagramStatus.TooLarge;
        var buffer = ArrayPool<byte>.Shared.Rent(_length + datagram.Length);
        _bytes.AsSpan(0, _length).CopyTo(buffer);
        datagram.CopyTo(buffer.AsSpan(_length));
        var status = upstream.TrySend(buffer.AsSpan(0, _length + datagram.Length));
        ArrayPool<byte>.Shared.Return(buffer);
        if (status == DatagramStatus.Ok && !_isOnEvery)
            _length = 0;
        return status;
    }
}
