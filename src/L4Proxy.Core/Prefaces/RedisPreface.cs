namespace L4Proxy.Prefaces;

/// <summary>Recognises a Redis client by its first command: an array of RESP, or a line typed by hand or by a probe.</summary>
/// <remarks>
/// <code>
/// *2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n      an array of bulk strings          Redis serialization protocol specification, "Sending commands"
/// PING\r\n                              an inline command                 "Inline commands"
/// </code>
/// Of inline commands only those that a connection begins with and no other protocol has: a memcached client also says <c>get k</c>.
/// </remarks>
internal sealed class RedisPreface() : PrefaceParser("redis")
{
    // The server takes an array of at most 1048576.
    private const int MostDigits = 7;
    private const int LongestLine = 512;

    private static readonly string[] s_commands = ["PING", "AUTH", "HELLO", "INFO"];

    public override PrefaceStatus Recognise(ReadOnlySpan<byte> bytes) => bytes is [(byte)'*', ..] ? InspectArray(bytes[1..]) : InspectLine(bytes);

    private static PrefaceStatus InspectArray(ReadOnlySpan<byte> bytes)
    {
        var digits = bytes.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (bytes is [(byte)'0', ..] || digits == 0 || (digits < 0 ? bytes.Length : digits) > MostDigits)
            return PrefaceStatus.NotMine;
        if (digits < 0)
            return PrefaceStatus.NeedMore;
        bytes = bytes[digits..];
        if (!bytes.StartsWith("\r\n$"u8))
            return "\r\n$"u8.StartsWith(bytes) ? PrefaceStatus.NeedMore : PrefaceStatus.NotMine;
        return bytes is [_, _, _] ? PrefaceStatus.NeedMore : bytes[3] is >= (byte)'1' and <= (byte)'9' ? PrefaceStatus.Found : PrefaceStatus.NotMine;
    }

    private static PrefaceStatus InspectLine(ReadOnlySpan<byte> bytes)
    {
        var word = bytes.IndexOfAny(" \r\n"u8);
        if (!IsCommand(word < 0 ? bytes : bytes[..word], isWhole: word >= 0))
            return PrefaceStatus.NotMine;
        var end = bytes.IndexOf((byte)'\n');
        var line = (end < 0 ? bytes : bytes[..end]).TrimEnd((byte)'\r');
        if (line.Length > LongestLine || line.ContainsAnyExceptInRange((byte)' ', (byte)'~'))
            return PrefaceStatus.NotMine;
        if (end < 0)
            return PrefaceStatus.NeedMore;
        // A method that HTTP does not have, but might.
        return line.IndexOf(" HTTP/"u8) < 0 ? PrefaceStatus.Found : PrefaceStatus.NotMine;
    }

    private static bool IsCommand(ReadOnlySpan<byte> word, bool isWhole)
    {
        foreach (var command in s_commands)
        {
            if (word.Length <= command.Length && (!isWhole || word.Length == command.Length)
                && System.Text.Ascii.EqualsIgnoreCase(word, command.AsSpan(0, word.Length)))
                return true;
        }
        return false;
    }
}
