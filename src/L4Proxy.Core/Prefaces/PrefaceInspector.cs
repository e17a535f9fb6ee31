namespace L4Proxy.Prefaces;

/// <summary>Looks at a client's first bytes with the parsers that somebody wants to hear of. Pure: more bytes, another look.</summary>
internal static class PrefaceInspector
{
    public static PrefaceInfo Inspect(ReadOnlySpan<byte> bytes, ProtocolSet wanted)
    {
        ProtocolSet recognised = default, ruledOut = default, pending = default;
        object? content = null;
        while (!wanted.IsEmpty)
        {
            var index = wanted.First(out wanted);
            var parser = PrefaceParsers.All[index];
            switch (parser.Recognise(bytes))
            {
                case PrefaceStatus.NotMine:
                    ruledOut |= ProtocolSet.At(index);
                    break;
                case PrefaceStatus.Found:
                    recognised |= ProtocolSet.At(index);
                    if (content is null && parser.Read(bytes, out content) == PrefaceStatus.NeedMore)
                        pending |= ProtocolSet.At(index);
                    break;
            }
        }

        return new() { Recognised = recognised, RuledOut = ruledOut, Pending = pending, Content = content };
    }
}
