using System.Text;
using L4Proxy.Configuration.Reading;

namespace L4Proxy.Explaining.Clients;

/// <summary>The head of a request (RFC 9112 section 2.1).</summary>
internal sealed class Http1Client() : ImaginedClient("http", Host, Path, Method)
{
    public const string Host = "host";
    public const string Path = "path";
    public const string Method = "method";

    public override byte[] Write(ImaginedWords words, bool isDatagram) => Encoding.Latin1.GetBytes(
        $"{Said(words, Method, "GET")} {Said(words, Path, "/")} HTTP/1.1\r\n{(words.Get(Host) is null ? "" : $"Host: {Said(words, Host, "")}\r\n")}\r\n");

    /// <summary>A value in which nothing ends the line or the part of it.</summary>
    public static string Said(ImaginedWords words, string key, string otherwise)
    {
        var value = words.Get(key) ?? otherwise;
        return value.AsSpan().ContainsAnyInRange('\0', ' ') || !Ascii.IsValid(value)
            ? throw new FormatException($"'{key}' must be printable ASCII without blanks, not {Quote.Text(value)}.")
            : value;
    }
}
