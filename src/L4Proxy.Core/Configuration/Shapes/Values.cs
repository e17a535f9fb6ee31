using System.Globalization;

namespace L4Proxy.Configuration.Shapes;

/// <summary>Shapes that several records use.</summary>
internal static class Values
{
    /// <summary>A list of texts.</summary>
    public static ListShape<string> TextList { get; } = new(TextShape.Any);

    /// <summary>A list of texts that are often numbers.</summary>
    public static ListShape<string> NumericTextList { get; } = new(TextShape.Numeric);

    /// <summary>Texts by keys.</summary>
    public static MapShape<string> TextMap { get; } = new(TextShape.Any);

    /// <summary>How many of something there may be at once, without a default.</summary>
    public static IntegerShape Count { get; } = new(1, 10_000_000);

    /// <summary>How long what was removed may go on.</summary>
    public static DurationShape DrainTimeout { get; } = Duration("00:00:00", "1.00:00:00", "00:00:30");

    /// <summary>TCP_KEEPIDLE: whole seconds, at most 32767 on Linux.</summary>
    public static DurationShape KeepAlive { get; } = DurationOrOff("00:00:01", "09:06:07", "00:01:00");

    /// <summary>SO_RCVBUF and SO_SNDBUF are ints, and Linux doubles them.</summary>
    public static IntegerShape SocketBuffer { get; } = new(1024, 1 << 30);

    /// <summary>A duration.</summary>
    public static DurationShape Duration(string min, string max, string? @default = null) =>
        new(Parse(min), Parse(max), @default is null ? null : Parse(@default));

    /// <summary>A duration that zero turns off.</summary>
    public static DurationShape DurationOrOff(string min, string max, string? @default = null) =>
        new(Parse(min), Parse(max), @default is null ? null : Parse(@default), zeroIsOff: true);

    private static TimeSpan Parse(string text) => TimeSpan.Parse(text, CultureInfo.InvariantCulture);
}
