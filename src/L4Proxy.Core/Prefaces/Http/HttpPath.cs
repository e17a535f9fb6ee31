using System.Buffers;
using System.Globalization;
using System.Text;

namespace L4Proxy.Prefaces.Http;

/// <summary>
/// The path of a request as Kestrel and YARP see it (RFC 3986 section 6.2.2): without its query, its percent-encoding undone but for <c>/</c>,
/// its dot segments taken out. Who writes <c>/%61dmin</c> or <c>/x/../admin</c> asks for <c>/admin</c>.
/// </summary>
internal static class HttpPath
{
    /// <summary>How much of it is kept, and can be compared; in characters.</summary>
    public const int MaxLength = 1024;

    private const string NoPath = "has a target that is no path";
    private const string Null = "has a path with an encoded NUL";

    /// <summary>Whether a path that was read can begin so.</summary>
    public static bool IsPrefix(string text) =>
        text is ['/', ..] and not [.., '*'] && text.Length <= MaxLength && !text.Contains('?', StringComparison.Ordinal)
        && !text.Contains("/./", StringComparison.Ordinal) && !text.Contains("/../", StringComparison.Ordinal)
        && text.Replace("%2F", "", StringComparison.OrdinalIgnoreCase) is var plain && Uri.UnescapeDataString(plain) == plain;

    /// <summary>Reads the path of a target in origin-form (RFC 9112 section 3.2.1).</summary>
    /// <returns>What is wrong with it, or null.</returns>
    public static string? Read(ReadOnlySpan<byte> target, out string? path)
    {
        path = null;
        var query = target.IndexOf((byte)'?');
        if (query >= 0)
            target = target[..query];
        if (target is not [(byte)'/', ..] || target.ContainsAnyExceptInRange((byte)'!', (byte)'~'))
            return NoPath;
        // Most need nothing to be undone.
        if (target.IndexOfAny("%."u8) < 0)
        {
            path = Encoding.ASCII.GetString(target[..Math.Min(target.Length, MaxLength)]);
            return null;
        }
        var room = ArrayPool<byte>.Shared.Rent(target.Length);
        try
        {
            if (!TryDecode(target, room, out var length))
                return Null;
            path = Text(room.AsSpan(0, RemoveDotSegments(room.AsSpan(0, length))));
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(room);
        }
    }

    /// <summary>Never longer than what is decoded. An encoded slash stays what it is, and so does what is no UTF-8.</summary>
    private static bool TryDecode(ReadOnlySpan<byte> path, Span<byte> decoded, out int length)
    {
        length = 0;
        Span<byte> sequence = stackalloc byte[4];
        while (!path.IsEmpty)
        {
            var count = ReadEncoded(path, sequence);
            if (count > 0 && sequence[0] == 0)
                return false;
            if (count == 0 || sequence[0] == '/' || Rune.DecodeFromUtf8(sequence[..count], out _, out count) != OperationStatus.Done)
            {
                decoded[length++] = path[0];
                path = path[1..];
                continue;
            }
            sequence[..count].CopyTo(decoded[length..]);
            length += count;
            path = path[(3 * count)..];
        }
        return true;
    }

    /// <summary>How many bytes are encoded at the front, up to four.</summary>
    private static int ReadEncoded(ReadOnlySpan<byte> path, Span<byte> bytes)
    {
        var count = 0;
        while (count < bytes.Length && path is [(byte)'%', _, _, ..] && byte.TryParse(path[1..3], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bytes[count]))
        {
            count++;
            path = path[3..];
        }
        return count;
    }

    /// <summary>RFC 3986 section 5.2.4, in place.</summary>
    /// <returns>How much is left.</returns>
    private static int RemoveDotSegments(Span<byte> path)
    {
        var length = 0;
        for (var at = 0; at < path.Length;)
        {
            var next = path[(at + 1)..].IndexOf((byte)'/');
            var end = next < 0 ? path.Length : at + 1 + next;
            var segment = path[at..end];
            at = end;
            if (segment.SequenceEqual("/.."u8))
                length = Math.Max(0, path[..length].LastIndexOf((byte)'/'));
            else if (!segment.SequenceEqual("/."u8))
            {
                segment.CopyTo(path[length..]);
                length += segment.Length;
                continue;
            }
            if (at == path.Length)
                path[length++] = (byte)'/';
        }
        return length;
    }

    private static string Text(ReadOnlySpan<byte> path)
    {
        // No character has more bytes.
        var text = Encoding.UTF8.GetString(path[..Math.Min(path.Length, 4 * MaxLength)]);
        return text.Length <= MaxLength ? text : text[..MaxLength];
    }
}
