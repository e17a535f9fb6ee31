using System.Buffers;
using System.Text;

namespace L4Proxy.Prefaces.Http;

/// <summary>Reads the head of a request of HTTP/1 (RFC 9112): what it asks for, and of whom.</summary>
/// <remarks>
/// <code>
/// GET /a?b HTTP/1.1\r\n                origin-form       section 3.2.1
/// GET http://a.test/a?b HTTP/1.1\r\n   absolute-form     section 3.2.2: its host is the one, whatever Host says
/// CONNECT a.test:443 HTTP/1.1\r\n      authority-form    section 3.2.3
/// OPTIONS * HTTP/1.1\r\n               asterisk-form     section 3.2.4
/// Host: a.test\r\n                     section 3.2
/// \r\n
/// </code>
/// It is read when the empty line is there, since another Host may come until then. What servers read in different ways (a bare CR or LF, a folded
/// line, a blank before the colon, NUL, two hosts) is not read at all: nobody can send us to one host and the server behind us to another.
/// </remarks>
internal static class Http1Head
{
    private const string NoLine = "has a line that does not end with CRLF, or has CR or NUL in it";
    private const string NoVersion = "is of another version than HTTP/1.0 or HTTP/1.1";
    private const string NoField = "has a field whose name is no token with a colon right behind it";
    private const string TwoHosts = "has more than one Host";
    private const string MissingHost = "has no Host, without which there is no HTTP/1.1 and no other target than a path";
    private const string NoTarget = "has a target in none of the four forms";
    private const string NoAuthority = "has a target that names no host";

    // RFC 9110 section 5.6.2.
    private static readonly SearchValues<byte> TokenBytes =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>Reads what <see cref="HttpPreface"/> has recognised.</summary>
    public static PrefaceStatus Read(ReadOnlySpan<byte> bytes, out object? content)
    {
        content = null;
        // The empty line before it that may be ignored.
        if (bytes.StartsWith("\r\n"u8))
            bytes = bytes[2..];
        var (end, bare) = (bytes.IndexOf("\n\r\n"u8), bytes.IndexOf("\n\n"u8));
        if (end < 0 && bare < 0)
            return PrefaceStatus.NeedMore;
        content = bare >= 0 && (end < 0 || bare < end) ? HttpRequest.Unreadable(NoLine) : ReadHead(bytes[..(end + 1)]);
        return PrefaceStatus.Found;
    }

    private static HttpRequest ReadHead(ReadOnlySpan<byte> head)
    {
        if (!TryReadLine(ref head, out var requestLine))
            return HttpRequest.Unreadable(NoLine);
        ReadOnlySpan<byte> host = default;
        var hasHost = false;
        while (!head.IsEmpty)
        {
            if (!TryReadLine(ref head, out var line))
                return HttpRequest.Unreadable(NoLine);
            var colon = line.IndexOf((byte)':');
            if (colon <= 0 || line[..colon].ContainsAnyExcept(TokenBytes))
                return HttpRequest.Unreadable(NoField);
            if (!Ascii.EqualsIgnoreCase(line[..colon], "host"u8))
                continue;
            if (hasHost)
                return HttpRequest.Unreadable(TwoHosts);
            hasHost = true;
            host = line[(colon + 1)..].Trim(" \t"u8);
        }
        return ReadRequest(requestLine, host, hasHost);
    }

    /// <summary>Takes one off.</summary>
    private static bool TryReadLine(scoped ref ReadOnlySpan<byte> head, out ReadOnlySpan<byte> line)
    {
        var end = head.IndexOf((byte)'\n');
        line = head[..end];
        head = head[(end + 1)..];
        if (line is not [.., (byte)'\r'])
            return false;
        line = line[..^1];
        return line.IndexOfAny((byte)'\r', (byte)0) < 0;
    }

    private static HttpRequest ReadRequest(ReadOnlySpan<byte> line, ReadOnlySpan<byte> field, bool hasHost)
    {
        var (first, last) = (line.IndexOf((byte)' '), line.LastIndexOf((byte)' '));
        var version = line[(last + 1)..];
        if (!version.SequenceEqual("HTTP/1.1"u8) && !version.SequenceEqual("HTTP/1.0"u8))
            return HttpRequest.Unreadable(NoVersion);
        // Kestrel sees none where only the target has it.
        if (!hasHost && (version[^1] == '1' || line[first + 1] != '/'))
            return HttpRequest.Unreadable(MissingHost);
        // Also where the target names the host: what is wrong is wrong for the server, too.
        var fault = HttpHost.Read(field, out var host);
        string? path = null;
        fault ??= ReadTarget(line[..first], line[(first + 1)..last], ref host, out path);
        return fault is null ? new HttpRequest(host, path) : HttpRequest.Unreadable(fault);
    }

    /// <summary>Reads the path of the target, and its host where it has one.</summary>
    /// <returns>What is wrong with it, or null.</returns>
    private static string? ReadTarget(ReadOnlySpan<byte> method, ReadOnlySpan<byte> target, ref string? host, out string? path)
    {
        path = null;
        if (method.SequenceEqual("CONNECT"u8))
            return ReadAuthority(target, out host);
        if (target is [(byte)'/', ..])
            return HttpPath.Read(target, out path);
        if (target is [(byte)'*'] && method.SequenceEqual("OPTIONS"u8))
            return null;
        var scheme = target.IndexOf("://"u8);
        if (scheme < 0 || !(Ascii.EqualsIgnoreCase(target[..scheme], "http"u8) || Ascii.EqualsIgnoreCase(target[..scheme], "https"u8)))
            return NoTarget;
        target = target[(scheme + 3)..];
        var end = target.IndexOfAny("/?"u8);
        var rest = end < 0 ? "/"u8 : target[end..];
        // An empty path is "/" (RFC 9110 section 4.2.3).
        var fault = ReadAuthority(end < 0 ? target : target[..end], out host);
        return fault ?? HttpPath.Read(rest[0] == (byte)'?' ? "/"u8 : rest, out path);
    }

    private static string? ReadAuthority(ReadOnlySpan<byte> authority, out string? host) =>
        HttpHost.Read(authority, out host) ?? (host is null ? NoAuthority : null);
}
