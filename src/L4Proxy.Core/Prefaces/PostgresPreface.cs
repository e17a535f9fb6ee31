using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace L4Proxy.Prefaces;

/// <summary>Recognises a PostgreSQL client by the message that has no type, and reads who it is and what it wants.</summary>
/// <remarks>
/// <code>
/// 00 00 00 08 04 d2 16 2f                    SSLRequest, 8 bytes                     PostgreSQL documentation, "Message Formats"
/// 00 00 00 08 04 d2 16 30                    GSSENCRequest
/// 00 00 00 10 04 d2 16 2e ...                CancelRequest: process id and key, in 3.2 up to 256 bytes of it
/// 00 00 00 38 00 03 00 00 user 0 alice 0 0   StartupMessage of 3.0: names and values, and an empty name
/// </code>
/// After the first two the client waits for one byte, and says the rest within what was agreed on.
/// </remarks>
internal sealed class PostgresPreface() : PrefaceParser("postgres")
{
    private const int HeaderLength = 8;
    private const uint CancelRequest = 80877102;
    private const uint SslRequest = 80877103;
    private const uint GssEncRequest = 80877104;
    private const int ShortestCancel = 16;
    private const int LongestCancel = 12 + 256;
    private const uint MajorVersion = 3;

    // MAX_STARTUP_PACKET_LENGTH of the server.
    private const int LongestStartup = 10_000;

    private static readonly PostgresStartup s_cancel = new("CancelRequest");
    private static readonly PostgresStartup s_ssl = new("SSLRequest");
    private static readonly PostgresStartup s_gssEnc = new("GSSENCRequest");

    /// <summary>An SSLRequest.</summary>
    public static ReadOnlySpan<byte> SslRequestMessage => [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];

    /// <summary>A GSSENCRequest.</summary>
    public static ReadOnlySpan<byte> GssEncRequestMessage => [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x30];

    /// <summary>How long a CancelRequest is; 0 where it is none, or where its first 8 bytes are not there.</summary>
    public static int CancelRequestLength(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= HeaderLength && Code(bytes) == CancelRequest && BinaryPrimitives.ReadUInt32BigEndian(bytes) is >= ShortestCancel and <= LongestCancel and var length
            ? (int)length
            : 0;

    public override PrefaceStatus Recognise(ReadOnlySpan<byte> bytes)
    {
        // No length has more than two bytes that are not 0.
        if (bytes.Length < HeaderLength)
            return bytes is [] or [0] or [0, 0, ..] ? PrefaceStatus.NeedMore : PrefaceStatus.NotMine;
        var length = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        var fits = Code(bytes) switch
        {
            SslRequest or GssEncRequest => length == HeaderLength,
            CancelRequest => length is >= ShortestCancel and <= LongestCancel,
            var version => version >> 16 == MajorVersion && length is > HeaderLength and <= LongestStartup,
        };
        return fits ? PrefaceStatus.Found : PrefaceStatus.NotMine;
    }

    public override PrefaceStatus Read(ReadOnlySpan<byte> bytes, out object? content)
    {
        content = Code(bytes) switch
        {
            SslRequest => s_ssl,
            GssEncRequest => s_gssEnc,
            CancelRequest => s_cancel,
            _ => null,
        };
        if (content is not null)
            return PrefaceStatus.Found;
        var length = (int)BinaryPrimitives.ReadUInt32BigEndian(bytes);
        if (bytes.Length < length)
            return PrefaceStatus.NeedMore;
        content = ReadParameters(new ByteCursor(bytes[HeaderLength..length]));
        return content is null ? PrefaceStatus.NotMine : PrefaceStatus.Found;
    }

    private static PostgresStartup? ReadParameters(ByteCursor cursor)
    {
        string? user = null, database = null;
        while (cursor.TryReadUntil(0, out var name))
        {
            if (name.IsEmpty)
                return !cursor.IsAtEnd || string.IsNullOrEmpty(user) ? null : new("StartupMessage", user, string.IsNullOrEmpty(database) ? user : database);
            if (!cursor.TryReadUntil(0, out var value) || !Utf8.IsValid(value))
                return null;
            // The server goes by the last one, too.
            if (name.SequenceEqual("user"u8))
                user = Encoding.UTF8.GetString(value);
            else if (name.SequenceEqual("database"u8))
                database = Encoding.UTF8.GetString(value);
        }
        return null;
    }

    private static uint Code(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
}
