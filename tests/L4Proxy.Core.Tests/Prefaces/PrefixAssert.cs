using L4Proxy.Prefaces;

namespace L4Proxy.Core.Tests.Prefaces;

/// <summary>What a parser says of every prefix of some bytes.</summary>
internal static class PrefixAssert
{
    /// <summary>It asks for more up to a length, and has found what it looks for from there on.</summary>
    public static void FoundAt(int found, PrefaceParser parser, ReadOnlySpan<byte> bytes)
    {
        Assert.InRange(found, 1, bytes.Length);
        for (var length = 0; length <= bytes.Length; length++)
            Assert.Equal((length, length < found ? PrefaceStatus.NeedMore : PrefaceStatus.Found), (length, parser.Recognise(bytes[..length])));
    }

    /// <summary>It says no to all of it, whatever it said before.</summary>
    public static void NotMine(PrefaceParser parser, ReadOnlySpan<byte> bytes) => Assert.Equal(PrefaceStatus.NotMine, parser.Recognise(bytes));
}
