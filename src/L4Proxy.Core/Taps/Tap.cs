using System.Threading.Channels;
using L4Proxy.Sessions;

namespace L4Proxy.Taps;

/// <summary>
/// What chosen sessions say, for one who reads it as a pcapng file. Who is slow to read misses packets, which are counted at the end of the file; no session waits.
/// </summary>
/// <param name="takes">Which sessions.</param>
/// <param name="limits">How much of them.</param>
internal sealed class Tap(Predicate<ISessionRecord> takes, TapLimits limits)
{
    private const int MostWaiting = 4 * 1024 * 1024;

    private readonly Channel<byte[]> _blocks = Channel.CreateUnbounded<byte[]>(new() { SingleReader = true });
    private readonly Lock _gate = new();
    private int _sessionsLeft = limits.Sessions;
    private long _bytesLeft = limits.Bytes;
    private int _open;
    private int _waiting;
    private bool _isOver;

    /// <summary>The sessions that it has followed.</summary>
    public int Sessions => limits.Sessions - _sessionsLeft;

    /// <summary>The bytes of theirs that it has.</summary>
    public long Bytes => limits.Bytes - _bytesLeft;

    /// <summary>The packets that it has not, for they were not read in time.</summary>
    public long Dropped { get; private set; }

    /// <summary>The blocks of the file behind its beginning, until it is over.</summary>
    public async IAsyncEnumerable<byte[]> ReadAsync()
    {
        await foreach (var block in _blocks.Reader.ReadAllAsync())
        {
            lock (_gate)
                _waiting -= block.Length;
            yield return block;
        }
    }

    /// <summary>Whether it follows a session, which is one of its number then.</summary>
    public bool TryEnter(ISessionRecord session)
    {
        if (_isOver || _sessionsLeft <= 0 || !takes(session))
            return false;
        lock (_gate)
        {
            if (_isOver || _sessionsLeft <= 0)
                return false;
            _sessionsLeft--;
            _open++;
            return true;
        }
    }

    /// <summary>Takes a block of a packet with so many bytes of what a session says.</summary>
    public void Write(byte[] block, int bytes)
    {
        lock (_gate)
        {
            if (_isOver)
                return;
            if (bytes > _bytesLeft)
            {
                End();
                return;
            }
            if (_waiting + block.Length > MostWaiting)
            {
                Dropped++;
                return;
            }
            _bytesLeft -= bytes;
            _waiting += block.Length;
            _blocks.Writer.TryWrite(block);
        }
    }

    /// <summary>A session that it follows has ended.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            if (--_open == 0 && _sessionsLeft == 0)
                End();
        }
    }

    /// <summary>It takes nothing more.</summary>
    public void End()
    {
        lock (_gate)
            _isOver = true;
        _blocks.Writer.TryComplete();
    }
}
