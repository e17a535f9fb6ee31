using System.Buffers.Binary;
using System.Text;

namespace L4Proxy.Peers.Tests.Wire;

/// <summary>Frames of HTTP/2 (RFC 9113 section 4), whether or not they may be sent.</summary>
internal static class Http2Frames
{
    public const byte Data = 0;
    public const byte Headers = 1;
    public const byte ResetStream = 3;
    public const byte Settings = 4;
    public const byte PushPromise = 5;
    public const byte Ping = 6;
    public const byte WindowUpdate = 8;
    public const byte Continuation = 9;

    public const byte EndStream = 1;
    public const byte EndHeaders = 4;

    /// <summary>What a connection begins with, and a client's empty SETTINGS.</summary>
    public static byte[] Preface => [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(Settings, 0, 0)];

    public static byte[] Frame(byte type, byte flags, int stream, params ReadOnlySpan<byte> payload)
    {
        var frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame.AsSpan(9));
        return frame;
    }

    /// <summary>A GET in one frame, the client's whole request.</summary>
    public static byte[] Get(int stream, string host, string path) =>
        Frame(Headers, EndHeaders | EndStream, stream, Fields(host, path));

    /// <summary>The four fields of a GET (RFC 7541): the method and the scheme by their numbers, the others by name and value.</summary>
    public static byte[] Fields(string host, string path) => [0x82, 0x87, 0x01, .. Text(host), 0x04, .. Text(path)];

    /// <summary>A field by name and value, not to be remembered.</summary>
    public static byte[] Field(string name, string value) => [0x00, .. Text(name), .. Text(value)];

    // A string without Huffman's code (RFC 7541 section 5.2).
    private static byte[] Text(string text) => [.. Length(text.Length), .. Encoding.ASCII.GetBytes(text)];

    private static byte[] Length(int length)
    {
        if (length < 127)
            return [(byte)length];
        var bytes = new List<byte> { 127 };
        for (length -= 127; length >= 128; length >>= 7)
            bytes.Add((byte)(length | 128));
        bytes.Add((byte)length);
        return [.. bytes];
    }
}
