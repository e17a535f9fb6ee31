namespace L4Proxy.Prefaces;

/// <summary>Looks at a connection's first bytes with every parser. Pure: more bytes, another look.</summary>
internal static class PrefaceInspector
{
    public static PrefaceInfo Inspect(ReadOnlySpan<byte> bytes)
    {
        var recognised = KnownProtocols.None;
        var ruledOut = KnownProtocols.None;
        var tls = ClientHelloParser.LooksLikeTls(bytes);
        Note(KnownProtocols.Tls, tls, ref recognised, ref ruledOut);
        Note(KnownProtocols.Http, HttpPreface.Inspect(bytes), ref recognised, ref ruledOut);
        Note(KnownProtocols.Ssh, SshPreface.Inspect(bytes), ref recognised, ref ruledOut);

        ClientHello? hello = null;
        var pending = tls == PrefaceStatus.Found
            && ClientHelloParser.Parse(bytes, out hello) == PrefaceStatus.NeedMore;
        return new PrefaceInfo
        {
            Recognised = recognised,
            RuledOut = ruledOut,
            ClientHello = hello,
            ClientHelloPending = pending,
        };
    }

    private static void Note(KnownProtocols protocol, PrefaceStatus status, ref KnownProtocols recognised, ref KnownProtocols ruledOut)
    {
        if (status == PrefaceStatus.Found)
            recognised |= protocol;
        else if (status == PrefaceStatus.NotMine)
            ruledOut |= protocol;
    }
}
