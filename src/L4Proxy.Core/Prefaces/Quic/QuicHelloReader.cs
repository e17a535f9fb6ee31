using System.Buffers;

namespace L4Proxy.Prefaces.Quic;

/// <summary>
/// Reads the hello of a QUIC client out of its first datagrams: one as a rule, two or three with a post-quantum key share, which Chromium cuts and
/// shuffles. Keeps nothing but what it rents, and that no longer than it looks.
/// </summary>
internal ref struct QuicHelloReader
{
    /// <summary>A client fills its datagrams with an Initial up to this, and a server drops a shorter one (RFC 9000 section 14.1).</summary>
    public const int ShortestDatagram = 1200;

    // In one datagram. Clients put one or two there; each costs nearly as much as one that fills it.
    private const int MostInitials = 4;

    private readonly byte[] _room;
    private readonly CryptoData _handshake;
    private ReadOnlySpan<byte> _destinationId;
    private QuicVersion? _version;
    private QuicKeys? _keys;

    public QuicHelloReader()
    {
        _room = ArrayPool<byte>.Shared.Rent(2 * CryptoData.MaxLength);
        _room.AsSpan(0, 2 * CryptoData.MaxLength).Clear();
        _handshake = new CryptoData(_room);
    }

    /// <summary>What there is so far: only NeedMore changes.</summary>
    public PrefaceStatus Status { get; private set; } = PrefaceStatus.NeedMore;

    /// <summary>The hello, once found.</summary>
    public ClientHello? Hello { get; private set; }

    /// <summary>Takes the next datagram; it must stay until the last one is taken.</summary>
    public void Add(ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length < ShortestDatagram)
            return;
        var scratch = ArrayPool<byte>.Shared.Rent(datagram.Length);
        var initials = 0;
        while (Status == PrefaceStatus.NeedMore && initials < MostInitials && QuicPacket.TryTake(ref datagram, out var packet) == PrefaceStatus.Found)
        {
            if (packet.Type != QuicPacketType.Initial)
                continue;
            // What lies behind a damaged one, or one of another connection, is not looked at.
            initials = TryAdd(packet, scratch) ? initials + 1 : MostInitials;
        }

        ArrayPool<byte>.Shared.Return(scratch);
    }

    public readonly void Dispose()
    {
        _keys?.Dispose();
        ArrayPool<byte>.Shared.Return(_room);
    }

    /// <summary>Takes a packet; false where it is none of this connection's.</summary>
    private bool TryAdd(scoped in QuicPacket packet, Span<byte> scratch)
    {
        var isFirst = _keys is null;
        if (isFirst)
        {
            _destinationId = packet.DestinationId;
            _version = packet.Version;
            _keys = new QuicKeys(packet.Version, packet.DestinationId);
        }

        // Until the server has answered, all have the connection id that the keys come from (RFC 9000 section 7.2).
        if (packet.Version != _version || !packet.DestinationId.SequenceEqual(_destinationId))
            return false;
        if (!_keys!.TryOpen(packet, scratch, out var payload))
        {
            // One that is damaged is dropped by a server, too. Is it the first, nothing says that there ever is a right one.
            if (isFirst)
                Status = PrefaceStatus.NotMine;
            return false;
        }

        ClientHello? hello = null;
        Status = InitialFrames.TryTake(payload, _handshake) ? ClientHelloParser.ParseHandshake(_handshake.Front, out hello) : PrefaceStatus.NotMine;
        Hello = hello;
        return true;
    }
}
