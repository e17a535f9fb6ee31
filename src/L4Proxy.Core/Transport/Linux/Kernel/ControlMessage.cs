using System.Runtime.InteropServices;

namespace L4Proxy.Transport.Linux;

/// <summary>
/// <c>struct cmsghdr</c> of 64-bit Linux (cmsg(3)): the length with the header, the level, the type; the data behind it and the
/// next message are aligned to 8.
/// </summary>
internal static class ControlMessage
{
    public const int LevelOffset = 8;
    public const int TypeOffset = 12;
    public const int HeaderSize = 16;

    private const int Alignment = 8;

    /// <summary>Writes a header, and zeros where the data is padded.</summary>
    /// <returns>Where its data goes.</returns>
    public static Span<byte> Write(Span<byte> control, int level, int type, int size)
    {
        MemoryMarshal.Write(control, (ulong)(HeaderSize + size));
        MemoryMarshal.Write(control[LevelOffset..], level);
        MemoryMarshal.Write(control[TypeOffset..], type);
        control[(HeaderSize + size)..Align(HeaderSize + size)].Clear();
        return control.Slice(HeaderSize, size);
    }

    /// <summary>The length with its padding.</summary>
    public static int Align(int length) => (length + Alignment - 1) & ~(Alignment - 1);
}
