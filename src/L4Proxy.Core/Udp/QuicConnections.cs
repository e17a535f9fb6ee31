using L4Proxy.Prefaces.Quic;

namespace L4Proxy.Udp;

/// <summary>
/// The QUIC connections of a listener's flows by the ids that their servers have shown: what a client sends from another address is known by them
/// (RFC 9000 section 5.2). Long headers show them, which servers send down in the handshake; those that a server gives out later are sealed, and nobody
/// between can know them. Bounded by the number of flows: each has at most <see cref="QuicConnection.MostIds"/>, which go with the last flow of the connection. Safe from any
/// thread, by one lock, which only the handshake and a flow's first datagram take.
/// </summary>
internal sealed class QuicConnections
{
    private readonly Lock _lock = new();
    private readonly Dictionary<QuicConnectionId, QuicConnection> _byId = [];

    // How many ids of each length there are: a short header does not say its id's.
    private readonly int[] _lengths = new int[QuicConnectionId.Longest + 1];
    private int _count;

    /// <summary>How many ids are known.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The connection that a datagram belongs to. Where none is known this costs a look at a counter.</summary>
    public QuicConnection? Find(ReadOnlySpan<byte> datagram)
    {
        if (Count == 0)
            return null;
        if (QuicHeader.TryRead(datagram, out var header))
            return Find(header.DestinationId, isKnownLength: true);
        if (!QuicHeader.MayBeShort(datagram))
            return null;
        // The longest first: it is met least by chance.
        for (var length = QuicConnectionId.Longest; length >= QuicConnectionId.Shortest; length--)
        {
            if (Find(QuicHeader.ShortIdOf(datagram, length), isKnownLength: false) is { } connection)
                return connection;
        }
        return null;
    }

    /// <summary>A flow carries it.</summary>
    public void Join(QuicConnection connection)
    {
        lock (_lock)
        {
            connection.Flows++;
        }
    }

    /// <summary>A flow that carried it is over. Its ids are known no longer than the last.</summary>
    public void Leave(QuicConnection connection)
    {
        lock (_lock)
        {
            if (--connection.Flows == 0)
                ForgetLocked(connection);
        }
    }

    /// <summary>Its server is there no longer: what its client sends from elsewhere is not known by it any more.</summary>
    public void Forget(QuicConnection connection)
    {
        lock (_lock)
            ForgetLocked(connection);
    }

    /// <summary>Takes note of what the server calls itself in a datagram that goes down. Who has called itself so first keeps the id: a server cannot take another's.</summary>
    /// <param name="connection">The connection of the flow.</param>
    /// <param name="datagram">The datagram.</param>
    /// <param name="way">Where it came from.</param>
    public void Learn(QuicConnection connection, ReadOnlySpan<byte> datagram, DestinationWay way)
    {
        if (!QuicHeader.TryRead(datagram, out var header) || header.Version == 0 || !QuicConnectionId.TryCreate(header.SourceId, out var id))
            return;
        lock (_lock)
        {
            if (connection.Flows == 0 || !_byId.TryAdd(id, connection))
                return;
            connection.Way ??= way;
            if (connection.Ids.Count == QuicConnection.MostIds)
                Remove(connection.Ids.Dequeue());
            connection.Ids.Enqueue(id);
            _lengths[id.Length]++;
            _count = _byId.Count;
        }
    }

    private QuicConnection? Find(ReadOnlySpan<byte> bytes, bool isKnownLength)
    {
        // One that is not there may be there in a moment: then its handshake is not over yet, and the client sends again.
        if (!QuicConnectionId.TryCreate(bytes, out var id) || (!isKnownLength && Volatile.Read(ref _lengths[id.Length]) == 0))
            return null;
        lock (_lock)
            return _byId.GetValueOrDefault(id);
    }

    private void ForgetLocked(QuicConnection connection)
    {
        while (connection.Ids.TryDequeue(out var id))
            Remove(id);
    }

    private void Remove(QuicConnectionId id)
    {
        _byId.Remove(id);
        _lengths[id.Length]--;
        _count = _byId.Count;
    }
}
