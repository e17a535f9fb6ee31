using System.Diagnostics;

namespace L4Proxy.Timing;

/// <summary>
/// A ring of deadlines with itself as the sentinel: a deadline can be taken out without knowing which list it is in.
/// </summary>
internal sealed class DeadlineList : Deadline
{
    public DeadlineList()
    {
        Next = this;
        Previous = this;
    }

    /// <summary>Appends a deadline that is in no list.</summary>
    public void Add(Deadline deadline)
    {
        var last = Previous!;
        deadline.Previous = last;
        deadline.Next = this;
        last.Next = deadline;
        Previous = deadline;
    }

    /// <summary>Appends everything of <paramref name="other"/> and leaves it empty, however long it is, in one step.</summary>
    public void TakeAll(DeadlineList other)
    {
        var first = other.Next!;
        if (first == other)
            return;

        var last = Previous!;
        var newLast = other.Previous!;
        last.Next = first;
        first.Previous = last;
        newLast.Next = this;
        Previous = newLast;
        other.Next = other;
        other.Previous = other;
    }

    /// <summary>Takes the first out, or null.</summary>
    public Deadline? RemoveFirst()
    {
        var first = Next!;
        if (first == this)
            return null;

        Remove(first);
        return first;
    }

    /// <summary>Takes a deadline out of the list it is in; false when it is in none.</summary>
    public static bool Remove(Deadline deadline)
    {
        if (deadline.Next is not { } next)
            return false;

        var previous = deadline.Previous!;
        previous.Next = next;
        next.Previous = previous;
        deadline.Next = null;
        deadline.Previous = null;
        return true;
    }

    protected override void OnExpired(long now) => throw new UnreachableException("The sentinel is never scheduled.");
}
