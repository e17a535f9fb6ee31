using System.Globalization;

namespace L4Proxy.Configuration.Shapes;

/// <summary>Shapes that several keys use.</summary>
internal static class Values
{
    /// <summary>What is wrong with an empty list in a match.</summary>
    public const string MatchesNothing = "An empty list would match nothing. Leave the key out to match everything.";

    /// <summary>What is wrong with another empty list.</summary>
    public const string SaysNothing = "An empty list says nothing. Leave the key out.";

    /// <summary>Text.</summary>
    public static TextShape AnyText { get; } = new();

    /// <summary>Text that is often a number, such as a port.</summary>
    public static TextShape NumericText { get; } = new(isNumeric: true);

    /// <summary>True or false.</summary>
    public static BooleanShape TrueOrFalse { get; } = new();

    /// <summary>A list of texts.</summary>
    public static ListShape<string> TextList { get; } = new(AnyText);

    /// <summary>ALPN protocols.</summary>
    public static ListShape<string> AlpnList { get; } = new(AnyText, SaysNothing);

    /// <summary>Texts of which one must match.</summary>
    public static ListShape<string> MatchTexts { get; } = new(AnyText, MatchesNothing);

    /// <summary>Texts of which one must match, and which are often numbers.</summary>
    public static ListShape<string> MatchNumbers { get; } = new(NumericText, MatchesNothing);

    /// <summary>Texts by keys.</summary>
    public static MapShape<string> TextMap { get; } = new(AnyText);

    /// <summary>How many of something there may be at once.</summary>
    public static NumberShape<int> Count { get; } = new(1, 10_000_000);

    /// <summary>How many bytes of something there may be.</summary>
    public static NumberShape<long> ByteCount { get; } = new(1, 1_000_000_000_000);

    /// <summary>TCP_KEEPIDLE: whole seconds, at most 32767 on Linux.</summary>
    public static DurationShape KeepAliveTime { get; } = DurationOrOff("00:00:01", "09:06:07");

    /// <summary>SO_RCVBUF and SO_SNDBUF are ints, and Linux doubles them.</summary>
    public static NumberShape<int> BufferSize { get; } = new(1024, 1 << 30);

    /// <summary>A whole number.</summary>
    public static NumberShape<int> Whole(int min, int max) => new(min, max);

    /// <summary>A duration.</summary>
    public static DurationShape Duration(string min, string max) => new(Parse(min), Parse(max));

    /// <summary>A duration that zero turns off.</summary>
    public static DurationShape DurationOrOff(string min, string max) => new(Parse(min), Parse(max), zeroIsOff: true);

    private static TimeSpan Parse(string text) => TimeSpan.Parse(text, CultureInfo.InvariantCulture);
}
