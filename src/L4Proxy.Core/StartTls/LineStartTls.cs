using System.Text;
using L4Proxy.Prefaces;

namespace L4Proxy.StartTls;

/// <summary>
/// A protocol of lines in which the server speaks first. What is said before TLS is forgotten by both sides, and the client begins anew inside of it; so
/// the greeting and the few answers here say nothing but that there is TLS.
/// </summary>
internal abstract class LineStartTls(ProtocolSet protocol) : StartTlsProtocol(protocol)
{
    // RFC 5321 section 4.5.3.1.4; the others allow no less before a log-in.
    private const int LongestLine = 512;

    public override int MostOther => 10;

    public sealed override StartTlsAsk Read(ReadOnlySpan<byte> bytes, out int length)
    {
        length = bytes.IndexOf((byte)'\n') + 1;
        if (length == 0)
            return bytes.Length < LongestLine ? StartTlsAsk.NeedMore : StartTlsAsk.Nothing;
        if (length > LongestLine)
            return StartTlsAsk.Nothing;
        return AsksForTls(TextOf(bytes[..length])) ? StartTlsAsk.Tls : StartTlsAsk.Other;
    }

    public sealed override ReadOnlyMemory<byte> Answer(ReadOnlySpan<byte> request, bool agreed) =>
        Encoding.Latin1.GetBytes(Answer(TextOf(request), agreed) + "\r\n");

    public sealed override StartTlsReply ReadReply(ReadOnlySpan<byte> bytes, bool isGreeting, out int length)
    {
        for (length = 0; bytes[length..].IndexOf((byte)'\n') is >= 0 and var end;)
        {
            var line = TextOf(bytes.Slice(length, end));
            length += end + 1;
            if (ReadLine(line, isGreeting) is not StartTlsReply.NeedMore and var reply)
                return reply;
        }

        return StartTlsReply.NeedMore;
    }

    /// <summary>Whether a line of a client's asks for TLS.</summary>
    protected abstract bool AsksForTls(string line);

    /// <summary>The lines that answer one, without the last line's end.</summary>
    protected abstract string Answer(string line, bool agreed);

    /// <summary>What a line of a server's says; <see cref="StartTlsReply.NeedMore"/> where others follow it.</summary>
    protected abstract StartTlsReply ReadLine(string line, bool isGreeting);

    /// <summary>Whether a line is a command, alone or with arguments.</summary>
    protected static bool Is(string line, string command) =>
        line.StartsWith(command, StringComparison.OrdinalIgnoreCase) && (line.Length == command.Length || line[command.Length] == ' ');

    protected static ReadOnlyMemory<byte> Line(string text) => Encoding.Latin1.GetBytes(text + "\r\n");

    private static string TextOf(ReadOnlySpan<byte> line) => Encoding.Latin1.GetString(line).TrimEnd('\r', '\n', ' ');
}
