using L4Proxy.Prefaces.Quic;

namespace L4Proxy.Prefaces;

/// <summary>Recognises a QUIC client of version 1 or 2 by the header of its first packet, and reads the hello inside (RFC 9001, RFC 9369).</summary>
internal sealed class QuicPreface() : PrefaceParser("quic")
{
    // What the client makes up for a server that it has not heard yet (RFC 9000 section 7.2).
    private const int ShortestFirstId = 8;

    public override bool IsOfStreams => false;

    public override bool IsOfDatagrams => true;

    public override bool GoesOnInOtherDatagrams => true;

    public override PrefaceStatus Recognise(ReadOnlySpan<byte> bytes)
    {
        var rest = bytes;
        var status = QuicPacket.TryTake(ref rest, out var packet);
        if (status != PrefaceStatus.Found)
            return status;
        if (packet.DestinationId.Length < ShortestFirstId)
            return PrefaceStatus.NotMine;
        return packet.Type switch
        {
            QuicPacketType.Initial => bytes.Length < QuicHelloReader.ShortestDatagram ? PrefaceStatus.NeedMore : PrefaceStatus.Found,
            // It has overtaken the Initial.
            QuicPacketType.ZeroRtt => PrefaceStatus.Found,
            _ => PrefaceStatus.NotMine,
        };
    }

    public override PrefaceStatus Read(ReadOnlySpan<byte> bytes, out object? content)
    {
        var reader = new QuicHelloReader();
        try
        {
            reader.Add(bytes);
            content = reader.Hello;
            return reader.Status;
        }
        finally
        {
            reader.Dispose();
        }
    }

    public override PrefaceStatus ReadDatagrams(DatagramList datagrams, out object? content)
    {
        var reader = new QuicHelloReader();
        try
        {
            for (var position = 0; datagrams.TryRead(ref position, out var datagram);)
                reader.Add(datagram);
            content = reader.Hello;
            return reader.Status;
        }
        finally
        {
            reader.Dispose();
        }
    }
}
