using System.Text;
using L4Proxy.Routing;

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

    private bool _seen;

    /// <summary>The normalised name, or null.</summary>
    public string? Name { get; private set; }

    /// <summary>Whether the client sent one that cannot be used.</summary>
    public bool IsInvalid { get; private set; }

    /// <summary>Reads the extension's data. More than one name, in whatever way, is none: we could believe another than the server does.</summary>
    public void Read(ReadOnlySpan<byte> data)
    {
        var name = _seen ? null : TryRead(data);
        _seen = true;
        IsInvalid |= name is null;
        Name = IsInvalid ? null : name;
    }

    private static string? TryRead(ReadOnlySpan<byte> data)
    {
        var cursor = new ByteCursor(data);
        if (!cursor.TryReadVector16(out var list) || !cursor.IsAtEnd)
            return null;
        var entries = new ByteCursor(list);
        if (!entries.TryReadByte(out var type) || type != HostNameType || !entries.TryReadVector16(out var name) || !entries.IsAtEnd)
            return null;
        return Normalise(name);
    }

    private static string? Normalise(ReadOnlySpan<byte> name)
    {
        if (name.EndsWith("."u8))
            name = name[..^1];
        if (name.Length > HostName.MaxLength)
            return null;
        Span<char> text = stackalloc char[HostName.MaxLength];
        if (Ascii.ToLower(name, text, out var length) != System.Buffers.OperationStatus.Done)
            return null;
        text = text[..length];
        return HostName.IsName(text) && !HostName.LooksLikeAddress(text) ? text.ToString() : null;
    }
}
