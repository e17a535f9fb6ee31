using L4Proxy.Prefaces;

namespace L4Proxy.Core.Tests.Prefaces;

/// <summary>The fuzz entry of the preface parsers: whatever the bytes, nothing throws and more bytes never take anything back.</summary>
internal static class PrefaceFuzz
{
    public static void Run(ReadOnlySpan<byte> bytes) => Run(bytes, PrefaceParsers.OfStreams);

    /// <summary>The same for some parsers.</summary>
    public static void Run(ReadOnlySpan<byte> bytes, ProtocolSet wanted)
    {
        int[] lengths = [1, 2, 5, 6, 9, bytes.Length / 2, bytes.Length - 1, bytes.Length];
        Array.Sort(lengths);
        var before = default(PrefaceInfo);
        foreach (var length in lengths)
        {
            var info = PrefaceInspector.Inspect(bytes[..Math.Clamp(length, 0, bytes.Length)], wanted);
            Check(info);
            CheckMonotone(before, info);
            before = info;
        }
    }

    /// <summary>The same for a whole datagram, and cut ones.</summary>
    public static void RunDatagram(ReadOnlySpan<byte> datagram) => RunDatagram(datagram, PrefaceParsers.OfDatagrams);

    /// <summary>The same for some parsers.</summary>
    public static void RunDatagram(ReadOnlySpan<byte> datagram, ProtocolSet wanted)
    {
        Check(PrefaceInspector.InspectDatagram(datagram, wanted));
        Check(PrefaceInspector.InspectDatagram(datagram[..(datagram.Length / 2)], wanted));
    }

    private static void Check(in PrefaceInfo info)
    {
        Assert.True((info.Recognised & info.RuledOut).IsEmpty);
        Assert.True(info.Pending.IsWithin(info.Recognised));
        if (info.ClientHello is not { } hello)
            return;
        Assert.False(info.MayBringClientHello);
        Assert.True(info.Recognised.HasAny(PrefaceParsers.WithClientHello));
        Assert.True(hello.Alpn.Count <= 32 && hello.Alpn.All(name => name.All(c => c is > ' ' and < '\u007f')));
        Assert.False(hello.ServerNameInvalid && hello.ServerName is not null);
        if (hello.ServerName is not { } name)
            return;
        Assert.InRange(name.Length, 1, 253);
        Assert.All(name, c => Assert.True(c is >= 'a' and <= 'z' or >= '0' and <= '9' or '-' or '_' or '.'));
    }

    private static void CheckMonotone(in PrefaceInfo before, in PrefaceInfo after)
    {
        Assert.True(before.Recognised.IsWithin(after.Recognised));
        Assert.True(before.RuledOut.IsWithin(after.RuledOut));
        if (before.ClientHello is { } hello)
            Assert.Equal(hello.ServerName, after.ClientHello?.ServerName);
        else if (before.Content is { } content)
            Assert.Equal(content, after.Content);
        if (!before.MayBringClientHello && before.ClientHello is null)
            Assert.Null(after.ClientHello);
    }
}
