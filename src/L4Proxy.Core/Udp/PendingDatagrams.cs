using System.Buffers;

namespace L4Proxy.Udp;

/// <summary>A few datagrams that wait for their flow's destination, bounded in number and bytes. Guarded by <see cref="Gate"/>.</summary>
internal sealed class PendingDatagrams
{
    private const int MaxCount = 16;
    private const int MaxBytes = 128 * 1024;

    private readonly List<(byte[] Buffer, int Length)> _items = new(capacity: 1);
    private int _bytes;
    private bool _isReleased;

    /// <summary>The receiving thread and that of the flow's walk may be two.</summary>
    public Lock Gate { get; } = new();

    public IEnumerable<ReadOnlyMemory<byte>> Datagrams => _items.Select(item => new ReadOnlyMemory<byte>(item.Buffer, 0, item.Length));

    /// <summary>Copies a datagram.</summary>
    /// <returns>False when there are as many as there may be.</returns>
    public bool TryAdd(ReadOnlySpan<byte> datagram)
    {
        if (_isReleased || _items.Count == MaxCount || _bytes + datagram.Length > MaxBytes)
            return false;
        var buffer = ArrayPool<byte>.Shared.Rent(datagram.Length);
        datagram.CopyTo(buffer);
        _items.Add((buffer, datagram.Length));
        _bytes += datagram.Length;
        return true;
    }

    /// <summary>Gives the buffers back, for good.</summary>
    public void Release()
    {
        foreach (var (buffer, _) in _items)
            ArrayPool<byte>.Shared.Return(buffer);
        _items.Clear();
        _isReleased = true;
    }
}
