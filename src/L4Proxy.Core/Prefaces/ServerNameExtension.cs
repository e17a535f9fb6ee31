using System.Net;
using System.Text;
using L4Proxy.Names;

namespace L4Proxy.Prefaces;

/// <summary>The server name of a hello (RFC 6066 section 3).</summary>
/// <remarks>
/// <code>
/// 00 0e              list, length of two bytes
///   00               host_name
///   00 0b 61 ...     the name, length of two bytes: "a.lacny.me"
/// </code>
/// </remarks>
internal struct ServerNameExtension
{
    private const byte HostNameType = 0;
    private const string MoreThanOne = "is more than one";
    private const string Malformed = "does not have the form of RFC 6066 section 3";
    private const string NoHostName = "is no host name: labels of 1 to 63 letters, digits, '-' or '_'";

    private bool _seen;

    /// <summary>The normalised name, or null.</summary>
    public string? Name { get; private set; }

    /// <summary>Why the one that the client sent cannot be used: one of a few texts, none of it the client's. Null where nothing is wrong.</summary>
    public string? Fault { get; private set; }

    /// <summary>Reads the extension's data. More than one name, in whatever way, is none: we could believe another than the server does.</summary>
    public void Read(ReadOnlySpan<byte> data)
    {
        Fault ??= _seen ? MoreThanOne : TryRead(data, out var name) is { } fault ? fault : Take(name);
        _seen = true;
        if (Fault is not null)
            Name = null;
    }

    private string? Take(string? name)
    {
        Name = name;
        return null;
    }

    private static string? TryRead(ReadOnlySpan<byte> data, out string? name)
    {
        name = null;
        var cursor = new ByteCursor(data);
        if (!cursor.TryReadVector16(out var list) || !cursor.IsAtEnd)
            return Malformed;
        var entries = new ByteCursor(list);
        if (!entries.TryReadByte(out var type) || type != HostNameType || !entries.TryReadVector16(out var bytes))
            return Malformed;
        return entries.IsAtEnd ? Normalise(bytes, out name) : MoreThanOne;
    }

    private static string? Normalise(ReadOnlySpan<byte> bytes, out string? name)
    {
        name = null;
        if (bytes.EndsWith("."u8))
            bytes = bytes[..^1];
        if (bytes.IsEmpty)
            return "is empty";
        if (bytes.Length > HostName.MaxLength)
            return "is longer than 253 characters";
        Span<char> text = stackalloc char[HostName.MaxLength];
        if (Ascii.ToLower(bytes, text, out var length) != System.Buffers.OperationStatus.Done)
            return NoHostName;
        text = text[..length];
        // An IPv6 address has colons, and is no host name for that alone.
        if (HostName.LooksLikeAddress(text) || text.Contains(':') && IPAddress.IsValid(text))
            return "is an IP address, which RFC 6066 section 3 forbids";
        if (!HostName.IsName(text))
            return NoHostName;
        name = text.ToString();
        return null;
    }
}
