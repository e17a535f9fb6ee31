using L4Proxy.Prefaces;
using L4Proxy.Snapshot;

namespace L4Proxy.Explaining;

/// <summary>What an endpoint reads of a client's first bytes.</summary>
/// <param name="Info">What its parsers make of them.</param>
/// <param name="Bytes">What it reads of them; of a flow's the first datagram.</param>
/// <param name="IsEmpty">Whether there are none.</param>
/// <param name="IsFull">Whether it reads no more than these.</param>
internal readonly record struct ImaginedPreface(PrefaceInfo Info, ReadOnlyMemory<byte> Bytes, bool IsEmpty, bool IsFull)
{
    /// <summary>Looks at them as the endpoint does: no more than <c>MaxPrefaceBytes</c>, and with the parsers that its routes ask for.</summary>
    public static ImaginedPreface Of(EndpointModel endpoint, IReadOnlyList<ReadOnlyMemory<byte>> pieces)
    {
        var isEmpty = pieces.All(piece => piece.IsEmpty);
        if (endpoint.IsUdp)
            return new(OfDatagrams(endpoint, pieces, out var isFull), pieces.Count == 0 ? default : pieces[0], isEmpty, isFull);
        byte[] bytes = [.. pieces.SelectMany(piece => piece.ToArray()).Take(endpoint.MaxPrefaceBytes)];
        return new(isEmpty ? default : PrefaceInspector.Inspect(bytes, endpoint.Protocols), bytes, isEmpty, bytes.Length >= endpoint.MaxPrefaceBytes);
    }

    private static PrefaceInfo OfDatagrams(EndpointModel endpoint, IReadOnlyList<ReadOnlyMemory<byte>> datagrams, out bool isFull)
    {
        var first = PrefaceInspector.InspectDatagram(datagrams.Count == 0 ? default : datagrams[0].Span, endpoint.Protocols);
        var fitting = datagrams.TakeWhile((_, index) => datagrams.Take(index + 1).Sum(datagram => datagram.Length) <= endpoint.MaxPrefaceBytes).ToList();
        isFull = fitting.Count < datagrams.Count;
        if (fitting.Count < 2 || first.Pending.IsEmpty)
            return first;
        var list = new byte[fitting.Sum(datagram => DatagramList.LengthOf(datagram.Span))];
        var at = 0;
        foreach (var datagram in fitting)
        {
            DatagramList.Write(list.AsSpan(at), datagram.Span);
            at += DatagramList.LengthOf(datagram.Span);
        }
        return PrefaceInspector.InspectMore(first, new DatagramList(list));
    }
}
