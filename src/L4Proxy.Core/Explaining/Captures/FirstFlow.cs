using System.Diagnostics.CodeAnalysis;

namespace L4Proxy.Explaining.Captures;

/// <summary>Finds the first connection or flow of a capture, and what its client sent first, in order.</summary>
internal static class FirstFlow
{
    // More than any endpoint looks at (MaxPrefaceBytes).
    private const int MostBytes = 1 << 16;

    // As many as wait of a flow without a route.
    private const int MostDatagrams = 16;

    /// <summary>The first one, or the first to a port if there is any.</summary>
    public static bool TryFind(
        ReadOnlyMemory<byte> file, bool isUdp, int? port, [NotNullWhen(true)] out CapturedFlow? flow, [NotNullWhen(false)] out string? error)
    {
        (flow, error) = (null, null);
        if (!PacketSource.TryOpen(file, out var source))
        {
            error = "The capture is neither pcap nor pcapng.";
            return false;
        }
        var segments = new List<Segment>();
        while (source.TryRead(out var packet))
        {
            if (SegmentReader.TryRead(LinkLayer.IpOf(packet), out var segment) && segment.IsUdp == isUdp)
                segments.Add(segment);
        }
        var starts = segments.Where(segment => segment.Opens).Concat(segments.Where(segment => !segment.Payload.IsEmpty)).ToList();
        if ((starts.Find(segment => segment.Destination.Port == port) ?? starts.FirstOrDefault()) is not { } first)
        {
            error = $"The capture has no {(isUdp ? "UDP" : "TCP")} in which a client says anything.";
            return false;
        }
        var sent = segments.SkipWhile(segment => segment != first).Where(segment => segment.Source.Equals(first.Source) && segment.Destination.Equals(first.Destination));
        flow = new(first.Source, first.Destination, isUdp ? [.. sent.Take(MostDatagrams).Select(segment => segment.Payload)] : [Join(first, sent)]);
        return true;
    }

    /// <summary>Puts the segments of a stream in their order, as far as nothing is missing.</summary>
    private static byte[] Join(Segment first, IEnumerable<Segment> sent)
    {
        // Another SYN is another connection from the same port.
        var pieces = sent.TakeWhile(segment => !segment.Opens || segment.Sequence == first.Sequence).Where(segment => !segment.Opens && !segment.Payload.IsEmpty).ToList();
        if (pieces.Count == 0)
            return [];
        // Where the SYN was not captured, it is the lowest number; they go round, and half of all are before another.
        var start = first.Opens ? first.Sequence + 1 : first.Sequence + (uint)pieces.Min(segment => (int)(segment.Sequence - first.Sequence));
        var stream = new List<byte>();
        foreach (var (offset, payload) in pieces.Select(segment => (Offset: segment.Sequence - start, segment.Payload)).Where(piece => piece.Offset < MostBytes).OrderBy(piece => piece.Offset))
        {
            if (offset > stream.Count)
                break;
            if (offset + payload.Length > stream.Count)
                stream.AddRange(payload.Span[(stream.Count - (int)offset)..]);
        }
        return [.. stream.Take(MostBytes)];
    }
}
