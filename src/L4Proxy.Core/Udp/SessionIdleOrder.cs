using L4Proxy.Timing;

namespace L4Proxy.Udp;

/// <summary>
/// The flows of one idle timeout, least recently active first, linked through themselves: whichever is to end next is the
/// first, however many there are.
/// </summary>
internal sealed class SessionIdleOrder(long timeout)
{
    public long Timeout { get; } = timeout;

    public SessionEntry? First { get; private set; }

    public SessionEntry? Last { get; private set; }

    /// <summary>Appends an entry that is in no list.</summary>
    public void Add(SessionEntry entry)
    {
        entry.Order = this;
        entry.Previous = Last;
        if (Last is { } last)
            last.Next = entry;
        else
            First = entry;
        Last = entry;
    }

    /// <summary>Takes out an entry of this list.</summary>
    public void Remove(SessionEntry entry)
    {
        if (entry.Previous is { } previous)
            previous.Next = entry.Next;
        else
            First = entry.Next;
        if (entry.Next is { } next)
            next.Previous = entry.Previous;
        else
            Last = entry.Previous;
        entry.Order = null;
        entry.Previous = entry.Next = null;
    }

    /// <summary>Whether the first has been idle for longer than the timeout.</summary>
    public bool IsDue(long now) => First is { } first && Timeout != UdpTimeouts.Never && now - first.LastActive > Timeout;
}
