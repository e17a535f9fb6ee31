namespace L4Proxy.Prefaces;

/// <summary>Looks at a client's first bytes with the parsers that somebody wants to hear of. Pure: more bytes, another look.</summary>
internal static class PrefaceInspector
{
    /// <summary>Looks at what has come of a stream.</summary>
    public static PrefaceInfo Inspect(ReadOnlySpan<byte> bytes, ProtocolSet wanted) => Inspect(bytes, wanted, isDatagram: false);

    /// <summary>Looks at a whole datagram; protocols that no datagram is of are ruled out.</summary>
    public static PrefaceInfo InspectDatagram(ReadOnlySpan<byte> datagram, ProtocolSet wanted) => Inspect(datagram, wanted, isDatagram: true);

    private static PrefaceInfo Inspect(ReadOnlySpan<byte> bytes, ProtocolSet wanted, bool isDatagram)
    {
        ProtocolSet recognised = default, ruledOut = default, pending = default;
        object? content = null;
        while (!wanted.IsEmpty)
        {
            var index = wanted.First(out wanted);
            var parser = PrefaceParsers.All[index];
            switch (Recognise(parser, bytes, isDatagram))
            {
                case PrefaceStatus.NotMine:
                    ruledOut |= ProtocolSet.At(index);
                    break;
                case PrefaceStatus.Found:
                    recognised |= ProtocolSet.At(index);
                    if (content is null && Read(parser, bytes, isDatagram, out content) == PrefaceStatus.NeedMore)
                        pending |= ProtocolSet.At(index);
                    break;
            }
        }

        return new() { Recognised = recognised, RuledOut = ruledOut, Pending = pending, Content = content };
    }

    private static PrefaceStatus Recognise(PrefaceParser parser, ReadOnlySpan<byte> bytes, bool isDatagram)
    {
        if (!isDatagram)
            return parser.Recognise(bytes);
        return parser.IsOfDatagrams ? parser.RecogniseDatagram(bytes) : PrefaceStatus.NotMine;
    }

    private static PrefaceStatus Read(PrefaceParser parser, ReadOnlySpan<byte> bytes, bool isDatagram, out object? content) =>
        isDatagram ? parser.ReadDatagram(bytes, out content) : parser.Read(bytes, out content);
}
