using System.Buffers;

namespace L4Proxy.Prefaces.Http;

/// <summary>Reads the first request of a client that speaks HTTP/2 without having asked (RFC 9113 section 3.3), out of the frames that come first.</summary>
/// <remarks>
/// <code>
/// PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n     section 3.4
/// SETTINGS                             section 6.5, perhaps empty; then, in any order, WINDOW_UPDATE, PING, PRIORITY and what RFC 9113 does not know
/// HEADERS                              section 6.2, perhaps with padding and priority
/// CONTINUATION ...                     section 6.10, until END_HEADERS
/// </code>
/// </remarks>
internal static class Http2Head
{
    private const string NoFrame = "has a frame that is longer than it may be";
    private const string NoSettings = "does not begin with SETTINGS";
    private const string NoRequest = "has a frame that may not come before the first request";
    private const string NoHeaders = "has HEADERS of the wrong form or stream";
    private const string NoContinuation = "has HEADERS without the CONTINUATION that they need";

    /// <summary>What all of them send first.</summary>
    public static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>Reads what lies behind the preface.</summary>
    public static PrefaceStatus Read(ReadOnlySpan<byte> bytes, out object? content)
    {
        var rest = bytes[Preface.Length..];
        var status = Http2Frame.TryTake(ref rest, out var frame);
        if (status == PrefaceStatus.Found && (frame.Type != Http2Frame.Settings || frame.Stream != 0 || (frame.Flags & Http2Frame.Ack) != 0))
            return Found(NoSettings, out content);
        while (status == PrefaceStatus.Found && frame.Type != Http2Frame.Headers)
        {
            if (!MayComeFirst(frame.Type))
                return Found(NoRequest, out content);
            status = Http2Frame.TryTake(ref rest, out frame);
        }
        return status == PrefaceStatus.Found ? ReadHeaders(frame, rest, out content) : End(status, out content);
    }

    private static bool MayComeFirst(byte type) =>
        type is Http2Frame.Settings or Http2Frame.WindowUpdate or Http2Frame.Ping or Http2Frame.Priority or > Http2Frame.Continuation;

    private static PrefaceStatus ReadHeaders(Http2Frame headers, ReadOnlySpan<byte> rest, out object? content)
    {
        if (headers.Stream % 2 == 0 || !TryUnpack(headers, out var fragment))
            return Found(NoHeaders, out content);
        if ((headers.Flags & Http2Frame.EndHeaders) != 0)
            return Found(Http2Fields.Read(fragment), out content);
        // As long as what has come: no length that the client names.
        var room = ArrayPool<byte>.Shared.Rent(fragment.Length + rest.Length);
        try
        {
            fragment.CopyTo(room);
            return ReadContinuations(headers.Stream, rest, room, fragment.Length, out content);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(room);
        }
    }

    private static PrefaceStatus ReadContinuations(uint stream, ReadOnlySpan<byte> rest, byte[] room, int length, out object? content)
    {
        while (true)
        {
            var status = Http2Frame.TryTake(ref rest, out var frame);
            if (status != PrefaceStatus.Found)
                return End(status, out content);
            if (frame.Type != Http2Frame.Continuation || frame.Stream != stream)
                return Found(NoContinuation, out content);
            frame.Payload.CopyTo(room.AsSpan(length));
            length += frame.Payload.Length;
            if ((frame.Flags & Http2Frame.EndHeaders) != 0)
                return Found(Http2Fields.Read(room.AsSpan(0, length)), out content);
        }
    }

    /// <summary>The part of a header block that HEADERS have, without padding and priority.</summary>
    private static bool TryUnpack(Http2Frame headers, out ReadOnlySpan<byte> fragment)
    {
        var cursor = new ByteCursor(headers.Payload);
        byte padding = 0;
        var isWhole = ((headers.Flags & Http2Frame.Padded) == 0 || cursor.TryReadByte(out padding))
            && ((headers.Flags & Http2Frame.HasPriority) == 0 || cursor.TrySkip(5))
            && padding <= cursor.Rest.Length;
        fragment = isWhole ? cursor.Rest[..^padding] : default;
        return isWhole;
    }

    private static PrefaceStatus End(PrefaceStatus status, out object? content)
    {
        content = null;
        return status == PrefaceStatus.NeedMore ? status : Found(NoFrame, out content);
    }

    private static PrefaceStatus Found(string fault, out object? content) => Found(HttpRequest.Unreadable(fault), out content);

    private static PrefaceStatus Found(HttpRequest request, out object? content)
    {
        content = request;
        return PrefaceStatus.Found;
    }
}
