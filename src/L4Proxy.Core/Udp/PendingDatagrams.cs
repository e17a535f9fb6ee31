using System.Buffers;
using L4Proxy.Prefaces;

namespace L4Proxy.Udp;

/// <summary>
/// The first datagrams of a flow, bounded in number and bytes: while they wait for a destination, and then for as long as
/// another one would get them if this one refuses. Guarded by <see cref="Gate"/>.
/// </summary>
internal sealed class PendingDatagrams
{
    private const int MaxCount = 16;
    private const int MaxWaitingBytes = 128 * 1024;
    private const int MaxKeptBytes = 16 * 1024;

    private byte[] _buffer = [];
    private int _used;
    private int _count;

    /// <summary>The receiving thread and that of the flow's walk may be two.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Whether it is of no use any more.</summary>
    public bool IsReleased { get; private set; }

    /// <summary>Those that there are.</summary>
    public DatagramList All => new(_buffer.AsSpan(0, _used));

    /// <summary>How much room they take.</summary>
    public int Length => _used;

    /// <summary>Copies a datagram that waits.</summary>
    /// <returns>False when there are as many as there may be.</returns>
    public bool TryAdd(ReadOnlySpan<byte> datagram) => TryAdd(datagram, MaxWaitingBytes);

    /// <summary>Copies a datagram that is sent, if there is still room.</summary>
    /// <returns>Whether there was.</returns>
    public bool TryKeep(ReadOnlySpan<byte> datagram) => TryAdd(datagram, MaxKeptBytes);

    /// <summary>The datagram at <paramref name="position"/>, in the order in which they came; the first is at 0.</summary>
    /// <returns>Whether there is one; <paramref name="position"/> is then the next one's.</returns>
    public bool TryRead(ref int position, out ReadOnlySpan<byte> datagram) => All.TryRead(ref position, out datagram);

    /// <summary>Gives the buffer back, for good.</summary>
    public void Release()
    {
        Replace([]);
        _used = _count = 0;
        IsReleased = true;
    }

    private bool TryAdd(ReadOnlySpan<byte> datagram, int maxBytes)
    {
        var needed = _used + DatagramList.LengthOf(datagram);
        if (IsReleased || _count == MaxCount || needed > maxBytes)
            return false;
        if (needed > _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(needed);
            _buffer.AsSpan(0, _used).CopyTo(larger);
            Replace(larger);
        }
        DatagramList.Write(_buffer.AsSpan(_used), datagram);
        _used = needed;
        _count++;
        return true;
    }

    private void Replace(byte[] buffer)
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = buffer;
    }
}
