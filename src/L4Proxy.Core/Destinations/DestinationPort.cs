using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using L4Proxy.Addresses;

namespace L4Proxy.Destinations;

/// <summary>The port of a destination's address: a number, or one that follows the port listened on (<c>{port-5000}</c>).</summary>
/// <param name="Value">The port, or what is added to the port listened on.</param>
/// <param name="IsRelative">Whether it follows the port listened on.</param>
internal readonly record struct DestinationPort(int Value, bool IsRelative)
{
    /// <summary>Reads <c>443</c>, <c>{port}</c>, <c>{port+N}</c> or <c>{port-N}</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DestinationPort value)
    {
        value = default;
        if (PortRange.TryParsePort(text, out var port))
        {
            value = new DestinationPort(port, IsRelative: false);
            return true;
        }

        if (!text.StartsWith("{port") || !text.EndsWith('}'))
            return false;
        var offset = text["{port".Length..^1];
        if (offset.IsEmpty)
        {
            value = new DestinationPort(0, IsRelative: true);
            return true;
        }

        if (offset[0] is not ('+' or '-') || !PortRange.TryParsePort(offset[1..], out var distance))
            return false;
        value = new DestinationPort(offset[0] == '+' ? distance : -distance, IsRelative: true);
        return true;
    }

    /// <summary>The port to connect to for a connection that came in on <paramref name="localPort"/>.</summary>
    public bool TryResolve(int localPort, out int port)
    {
        port = IsRelative ? localPort + Value : Value;
        return port is >= 1 and <= 65535;
    }

    /// <summary>Whether every port listened on leads to one of 1 to 65535.</summary>
    public bool TryCheck(PortRange listened, [NotNullWhen(false)] out string? error)
    {
        if (TryResolve(listened.Low, out var low) & TryResolve(listened.High, out var high))
        {
            error = null;
            return true;
        }

        error = string.Create(CultureInfo.InvariantCulture,
            $"'{ToString()}' makes {low} to {high} of the ports {listened} listened on; a port is 1 to 65535.");
        return false;
    }

    /// <inheritdoc/>
    public override string ToString() => IsRelative
        ? $"{{port{Value.ToString("+0;-0;''", CultureInfo.InvariantCulture)}}}"
        : Value.ToString(CultureInfo.InvariantCulture);
}
