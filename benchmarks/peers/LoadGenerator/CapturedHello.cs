using System.Buffers.Binary;
using System.Text;

namespace L4Proxy.LoadGenerator;

/// <summary>Chromium's ClientHello as captured for the parser's tests, with another server name.</summary>
internal static class CapturedHello
{
    private const int RecordLength = 3;
    private const int MessageLength = 7; // The lower two of three bytes.
    private const int SessionId = 5 + 4 + 2 + 32;

    /// <summary>The hello in one TLS record, for <paramref name="serverName"/>.</summary>
    public static byte[] For(string serverName)
    {
        var captured = Captured();
        var extensions = Extensions(captured);
        var extension = ServerNameExtension(captured, extensions + 2);
        var listLength = extension + 4;
        var nameLength = listLength + 3;
        var name = nameLength + 2;
        var oldLength = ReadLength(captured, nameLength);

        byte[] hello = [.. captured.AsSpan(0, name), .. Encoding.ASCII.GetBytes(serverName), .. captured.AsSpan(name + oldLength)];
        foreach (var length in (int[])[RecordLength, MessageLength, extensions, extension + 2, listLength, nameLength])
        {
            var changed = ReadLength(hello, length) + serverName.Length - oldLength;
            BinaryPrimitives.WriteUInt16BigEndian(hello.AsSpan(length), (ushort)changed);
        }

        return hello;
    }

    private static byte[] Captured()
    {
        using var stream = typeof(CapturedHello).Assembly.GetManifestResourceStream("hello")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Where the length of all extensions is (RFC 8446, 4.1.2).</summary>
    private static int Extensions(byte[] hello)
    {
        var cipherSuites = SessionId + 1 + hello[SessionId];
        var compressions = cipherSuites + 2 + ReadLength(hello, cipherSuites);
        return compressions + 1 + hello[compressions];
    }

    /// <summary>Where the extension of type 0 starts (RFC 6066, 3).</summary>
    private static int ServerNameExtension(byte[] hello, int first)
    {
        var at = first;
        while (ReadLength(hello, at) != 0)
            at += 4 + ReadLength(hello, at + 2);
        return at;
    }

    private static ushort ReadLength(byte[] hello, int at) => BinaryPrimitives.ReadUInt16BigEndian(hello.AsSpan(at));
}
