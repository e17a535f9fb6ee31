using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace L4Proxy.Addresses;

/// <summary>A port or a range of ports: <c>443</c>, <c>8000-8099</c>; 1 to 65535.</summary>
internal sealed class PortRange
{
    /// <summary>From <paramref name="low"/> to <paramref name="high"/>, both of them included.</summary>
    public PortRange(int low, int high)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(low, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(high, 65535);
        ArgumentOutOfRangeException.ThrowIfLessThan(high, low);
        Low = low;
        High = high;
    }

    /// <summary>The lowest port.</summary>
    public int Low { get; }

    /// <summary>The highest port.</summary>
    public int High { get; }

    /// <summary>How many ports.</summary>
    public int Count => High - Low + 1;

    /// <summary>Whether the port lies in the range.</summary>
    public bool Contains(int port) => port >= Low && port <= High;

    /// <summary>Whether all of the other range lies in this one.</summary>
    public bool Contains(PortRange other) => other.Low >= Low && other.High <= High;

    /// <summary>Reads a port or a range.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out PortRange? value, [NotNullWhen(false)] out string? error)
    {
        value = null;
        var hyphen = text.IndexOf('-', StringComparison.Ordinal);
        var span = text.AsSpan();
        if (!TryParsePort(hyphen < 0 ? span : span[..hyphen], out var low)
            || !TryParsePort(hyphen < 0 ? span : span[(hyphen + 1)..], out var high))
        {
            error = $"'{text}' is not a port (1 to 65535) or a range of ports such as '8000-8099'.";
            return false;
        }

        if (high < low)
        {
            error = $"'{text}' must have its lower port first: '{high}-{low}'.";
            return false;
        }

        value = new PortRange(low, high);
        error = null;
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Low == High
        ? Low.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{Low}-{High}");

    /// <summary>1 to 65535 in decimal digits, without sign, blanks or leading zeros.</summary>
    internal static bool TryParsePort(ReadOnlySpan<char> text, out int port)
    {
        port = 0;
        return text.Length is > 0 and <= 5 && text[0] != '0'
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= 65535;
    }
}
