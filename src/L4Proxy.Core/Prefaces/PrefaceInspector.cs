namespace L4Proxy.Prefaces;

/// <summary>Looks at a client's first bytes with the parsers that somebody wants to hear of. Pure: more bytes, another look.</summary>
internal static class PrefaceInspector
{
    /// <summary>Looks at what has come of a stream.</summary>
    public static PrefaceInfo Inspect(ReadOnlySpan<byte> bytes, ProtocolSet wanted) => Inspect(bytes, wanted, isDatagram: false);

    /// <summary>Looks at a flow's first datagram. It is whole: what it does not show, no other will, but for what goes on in them.</summary>
    public static PrefaceInfo InspectDatagram(ReadOnlySpan<byte> datagram, ProtocolSet wanted)
    {
        var info = Inspect(datagram, wanted, isDatagram: true);
        return info with { RuledOut = ~info.Recognised, Pending = info.Pending & PrefaceParsers.OfSeveralDatagrams };
    }

    /// <summary>Looks at all of a flow's datagrams for what the first one has left open.</summary>
    public static PrefaceInfo InspectMore(in PrefaceInfo first, DatagramList datagrams)
    {
        var (open, pending) = (first.Pending, default(ProtocolSet));
        object? content = null;
        while (content is null && !open.IsEmpty)
        {
            var index = open.First(out open);
            if (PrefaceParsers.All[index].ReadDatagrams(datagrams, out content) == PrefaceStatus.NeedMore)
                pending |= ProtocolSet.At(index);
        }

        return first with { Pending = pending, Content = content };
    }

    private static PrefaceInfo Inspect(ReadOnlySpan<byte> bytes, ProtocolSet wanted, bool isDatagram)
    {
        ProtocolSet recognised = default, ruledOut = default, pending = default;
        object? content = null;
        while (!wanted.IsEmpty)
        {
            var index = wanted.First(out wanted);
            var parser = PrefaceParsers.All[index];
            switch (isDatagram ? parser.RecogniseDatagram(bytes) : parser.Recognise(bytes))
            {
                case PrefaceStatus.NotMine:
                    ruledOut |= ProtocolSet.At(index);
                    break;
                case PrefaceStatus.Found:
                    recognised |= ProtocolSet.At(index);
                    if (content is null && (isDatagram ? parser.ReadDatagram(bytes, out content) : parser.Read(bytes, out content)) == PrefaceStatus.NeedMore)
                        pending |= ProtocolSet.At(index);
                    break;
            }
        }

        return new() { Recognised = recognised, RuledOut = ruledOut, Pending = pending, Content = content };
    }
}
