using System.Buffers;
using System.Text;

namespace L4Proxy.Prefaces.Http;

/// <summary>What the header block of an HTTP/2 request says of host and path (RFC 9113 section 8.3.1).</summary>
internal static class Http2Fields
{
    private const int LongestHost = 512;
    private const int LongestName = 16;

    private const string NoBlock = "has fields that HPACK cannot decode";
    private const string NoOrder = "has a pseudo-header field twice, or behind others";
    private const string NoPath = "has an empty path";
    private const string NoField = "has a field whose name is not in lower case";
    private const string TwoHosts = "has more than one host";

    /// <summary>Reads a whole block.</summary>
    public static HttpRequest Read(ReadOnlySpan<byte> block)
    {
        Span<byte> room = stackalloc byte[LongestName];
        HpackField? authority = null, path = null, host = null;
        var isRegular = false;
        var reader = new HpackReader(block, stackalloc HpackField[HpackReader.MostEntries]);
        while (reader.TryRead(out var field))
        {
            var name = field.ReadName(block, room, out _);
            var isPseudo = name is [(byte)':', ..];
            if (isPseudo && isRegular)
                return HttpRequest.Unreadable(NoOrder);
            isRegular = !isPseudo;
            if (name.SequenceEqual(":authority"u8) && !TrySet(ref authority, field) || name.SequenceEqual(":path"u8) && !TrySet(ref path, field))
                return HttpRequest.Unreadable(NoOrder);
            if (!Ascii.EqualsIgnoreCase(name, "host"u8))
                continue;
            if (!name.SequenceEqual("host"u8))
                return HttpRequest.Unreadable(NoField);
            if (!TrySet(ref host, field))
                return HttpRequest.Unreadable(TwoHosts);
        }
        return reader.IsBroken ? HttpRequest.Unreadable(NoBlock) : ReadRequest(block, authority, host, path);
    }

    private static bool TrySet(ref HpackField? place, in HpackField field)
    {
        if (place is not null)
            return false;
        place = field;
        return true;
    }

    private static HttpRequest ReadRequest(ReadOnlySpan<byte> block, HpackField? authority, HpackField? field, HpackField? path)
    {
        string? other = null, text = null;
        var fault = ReadHost(block, authority, out var host);
        fault ??= ReadHost(block, field, out other);
        fault ??= ReadPath(block, path, out text);
        // Both are allowed, and to say the same of the host.
        if (fault is null && host is not null && other is not null && host != other)
            fault = TwoHosts;
        return fault is null ? new HttpRequest(host ?? other, text) : HttpRequest.Unreadable(fault);
    }

    private static string? ReadHost(ReadOnlySpan<byte> block, HpackField? field, out string? host)
    {
        host = null;
        if (field is not { } given)
            return null;
        return HttpHost.Read(given.ReadValue(block, stackalloc byte[LongestHost], out _), out host);
    }

    private static string? ReadPath(ReadOnlySpan<byte> block, HpackField? field, out string? path)
    {
        path = null;
        if (field is not { } given)
            return null;
        given.ReadValue(block, [], out var length);
        if (length == 0)
            return NoPath;
        var room = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            var text = given.ReadValue(block, room.AsSpan(0, length), out _);
            return text is [(byte)'*'] ? null : HttpPath.Read(text, out path);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(room);
        }
    }
}
