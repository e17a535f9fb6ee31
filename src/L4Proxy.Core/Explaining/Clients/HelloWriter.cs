using System.Text;
using L4Proxy.Configuration.Reading;
using L4Proxy.Names;
using static L4Proxy.Explaining.Clients.ImaginedWords;

namespace L4Proxy.Explaining.Clients;

/// <summary>Writes a ClientHello (RFC 8446 section 4.1.2) with no more in it than is read of one.</summary>
internal static class HelloWriter
{
    public const string ServerName = "sni";
    public const string Alpn = "alpn";
    public const string Versions = "tls";

    private const int MaxName = 255;

    /// <summary>The handshake message.</summary>
    /// <param name="words">What it is to say.</param>
    /// <param name="versions">The versions that it offers where it is not told: <c>1.2</c>, say.</param>
    /// <exception cref="FormatException">It cannot be said.</exception>
    public static byte[] Write(ImaginedWords words, params IReadOnlyList<string> versions)
    {
        byte[] extensions =
        [
            .. words.Get(ServerName) is { Length: > 0 } name ? Extension(0, Vector16([0, .. Vector16(NameOf(name))])) : [],
            .. words.List(Alpn) is { Count: > 0 } protocols ? Extension(16, Vector16([.. protocols.SelectMany(protocol => Vector8(Encoding.ASCII.GetBytes(protocol)))])) : [],
            .. Extension(43, Vector8([.. (words.List(Versions) ?? versions).SelectMany(Version)])),
        ];
        byte[] body = [3, 3, .. new byte[32], 0, .. Vector16([0x13, 0x01, 0xc0, 0x2b]), 1, 0, .. Vector16(extensions)];
        return [1, 0, .. Vector16(body)];
    }

    private static byte[] Extension(int type, byte[] data) => [.. Number16(type), .. Vector16(data)];

    /// <summary>As a client sends it; what is no name it may send, too.</summary>
    private static byte[] NameOf(string text) => HostName.TryNormalise(text, out var name, out _) ? Encoding.ASCII.GetBytes(name)
        : text.Length <= MaxName && Ascii.IsValid(text) ? Encoding.ASCII.GetBytes(text)
        : throw new FormatException($"{Quote.Text(text)} cannot be sent as a server name.");

    private static byte[] Version(string text) => text switch
    {
        "1.0" => [3, 1],
        "1.1" => [3, 2],
        "1.2" => [3, 3],
        "1.3" => [3, 4],
        _ => throw new FormatException($"{Quote.Text(text)} is not a TLS version: '1.0', '1.1', '1.2' or '1.3'."),
    };
}
