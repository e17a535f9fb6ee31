using System.Text;
using System.Text.Unicode;

namespace L4Proxy.Prefaces;

/// <summary>Recognises an MQTT client by its CONNECT, and reads who it says it is.</summary>
/// <remarks>
/// <code>
/// 10 1a                    CONNECT, 26 bytes follow (1 to 4 bytes of 7 bits)     MQTT 3.1.1 section 2.2, 5.0 section 2.1
///   00 04 M Q T T 04       protocol name, level 4: 3.1.1                         section 3.1.2
///   c2 00 3c               flags (user name, password, clean), keep alive
///   00 0e ...              client identifier, then will, user name, password     section 3.1.3
/// </code>
/// In 5.0 there are properties before the client identifier and before the will. 3.1 calls itself MQIsdp, level 3. Bridges set the
/// level's highest bit.
/// </remarks>
internal sealed class MqttPreface() : PrefaceParser("mqtt")
{
    private const byte Connect = 0x10;
    private const byte Bridge = 0x80;
    private const byte HasWill = 0x04;
    private const byte HasUserName = 0x80;
    private const int LongestLength = 4;

    /// <summary>What <see cref="MqttConnect.Version"/> may be.</summary>
    public static IReadOnlyList<string> Versions { get; } = ["3.1", "3.1.1", "5"];

    private static ReadOnlySpan<byte> NewName => "\0\u0004MQTT"u8;

    private static ReadOnlySpan<byte> OldName => "\0\u0006MQIsdp"u8;

    public override PrefaceStatus Recognise(ReadOnlySpan<byte> bytes)
    {
        if (bytes is [not Connect, ..])
            return PrefaceStatus.NotMine;
        var cursor = new ByteCursor(bytes[Math.Min(1, bytes.Length)..]);
        var status = ReadLength(ref cursor, out _);
        if (status != PrefaceStatus.Found)
            return status;
        var name = cursor.Rest.StartsWith(OldName[..2]) ? OldName : NewName;
        if (cursor.Rest.Length <= name.Length)
            return (cursor.Rest.Length == name.Length ? cursor.Rest.SequenceEqual(name) : StartsEither(cursor.Rest)) ? PrefaceStatus.NeedMore : PrefaceStatus.NotMine;
        return cursor.Rest.StartsWith(name) && VersionOf(cursor.Rest[name.Length], name.Length) is not null ? PrefaceStatus.Found : PrefaceStatus.NotMine;
    }

    public override PrefaceStatus Read(ReadOnlySpan<byte> bytes, out object? content)
    {
        content = null;
        var cursor = new ByteCursor(bytes[1..]);
        _ = ReadLength(ref cursor, out var length);
        // What lies beyond the packet is not its.
        var isWhole = cursor.Rest.Length >= length;
        var body = new ByteCursor(isWhole ? cursor.Rest[..length] : cursor.Rest);
        if (TryRead(ref body, out var connect, out var isMalformed))
            content = connect;
        else if (!isWhole && !isMalformed)
            return PrefaceStatus.NeedMore;
        return content is null ? PrefaceStatus.NotMine : PrefaceStatus.Found;
    }

    private static bool StartsEither(ReadOnlySpan<byte> bytes) => NewName.StartsWith(bytes) || OldName.StartsWith(bytes);

    /// <summary>Reads what there is; false where it ends too soon, or is not as it must be.</summary>
    private static bool TryRead(ref ByteCursor body, out MqttConnect? connect, out bool isMalformed)
    {
        (connect, isMalformed) = (null, false);
        if (!body.TryReadVector16(out var name) || !body.TryReadByte(out var level) || !body.TryReadByte(out var flags) || !body.TrySkip(2))
            return false;
        var version = VersionOf(level, name.Length + 2)!;
        var hasProperties = version == "5";
        if ((hasProperties && !TrySkipProperties(ref body, out isMalformed)) || !body.TryReadVector16(out var clientId))
            return false;
        if ((flags & HasWill) != 0
            && ((hasProperties && !TrySkipProperties(ref body, out isMalformed)) || !body.TryReadVector16(out _) || !body.TryReadVector16(out _)))
            return false;
        ReadOnlySpan<byte> user = default;
        if ((flags & HasUserName) != 0 && !body.TryReadVector16(out user))
            return false;
        isMalformed = !TryDecode(clientId, out var id) | !TryDecode(user, out var userName);
        if (isMalformed)
            return false;
        connect = new(version, id, (flags & HasUserName) == 0 ? null : userName);
        return true;
    }

    private static bool TrySkipProperties(ref ByteCursor body, out bool isMalformed)
    {
        var status = ReadLength(ref body, out var length);
        isMalformed = status == PrefaceStatus.NotMine;
        return status == PrefaceStatus.Found && body.TrySkip(length);
    }

    private static PrefaceStatus ReadLength(ref ByteCursor cursor, out int length)
    {
        length = 0;
        for (var i = 0; i < LongestLength; i++)
        {
            if (!cursor.TryReadByte(out var part))
                return PrefaceStatus.NeedMore;
            length |= (part & 0x7f) << (7 * i);
            if (part < 0x80)
                return PrefaceStatus.Found;
        }

        return PrefaceStatus.NotMine;
    }

    private static string? VersionOf(byte level, int lengthOfName) => (lengthOfName == OldName.Length, level & ~Bridge) switch
    {
        (true, 3) => "3.1",
        (false, 4) => "3.1.1",
        (false, 5) => "5",
        _ => null,
    };

    private static bool TryDecode(ReadOnlySpan<byte> bytes, out string text)
    {
        text = "";
        if (!Utf8.IsValid(bytes))
            return false;
        text = Encoding.UTF8.GetString(bytes);
        return true;
    }
}
