using System.Buffers;

namespace L4Proxy.Kestrel;

/// <summary>A segment of the sequence that <see cref="PrefixPipeReader"/> shows: its prefix first, then the inner reader's segments.</summary>
internal sealed class PrefixSegment : ReadOnlySequenceSegment<byte>
{
    public PrefixSegment(ReadOnlyMemory<byte> memory) => Memory = memory;

    /// <summary>The bytes before <paramref name="position"/>, counted from the first byte of the prefix.</summary>
    public static long OffsetOf(SequencePosition position) =>
        ((PrefixSegment)position.GetObject()!).RunningIndex + position.GetInteger();

    /// <summary>The bytes from <paramref name="start"/> on, and then <paramref name="rest"/>.</summary>
    public ReadOnlySequence<byte> FollowedBy(in ReadOnlySequence<byte> rest, int start)
    {
        var last = this;
        Next = null;
        foreach (var memory in rest)
        {
            if (memory.IsEmpty)
                continue;
            var next = new PrefixSegment(memory) { RunningIndex = last.RunningIndex + last.Memory.Length };
            last.Next = next;
            last = next;
        }
        return new ReadOnlySequence<byte>(this, start, last, last.Memory.Length);
    }
}
