using System.Buffers.Binary;
using System.Security.Authentication;

namespace L4Proxy.Core.Tests.Prefaces;

/// <summary>A real hello (Hellos/README.md) and what is known about it.</summary>
public sealed record CapturedHello(string File, string? ServerName, string[] Alpn, SslProtocols Versions, bool Encrypted)
{
    // OpenSSL as Debian 12 configures it offers all versions, and refuses the old ones later by its security level.
#pragma warning disable SYSLIB0039, CA5397, CA5398
    private const SslProtocols SinceTls10 = SslProtocols.Tls | SslProtocols.Tls11 | SslProtocols.Tls12 | SslProtocols.Tls13;
#pragma warning restore SYSLIB0039, CA5397, CA5398

    public static readonly CapturedHello[] All =
    [
        new("openssl-tls13", "openssl.example.com", ["h2", "http/1.1"], SinceTls10, false),
        new("openssl-tls12", "openssl.example.com", [], SslProtocols.Tls12, false),
        new("openssl-no-name", null, [], SinceTls10, false),
        new("curl", "curl.example.com", ["h2", "http/1.1"], SinceTls10, false),
        new("chromium", "chromium.example.com", ["h2", "http/1.1"], SslProtocols.Tls12 | SslProtocols.Tls13, true),
    ];

    public static TheoryData<string> Files => [.. All.Select(hello => hello.File)];

    public static TheoryData<string, int> FilesAndRecordSizes
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var hello in All)
            {
                foreach (var size in (int[])[1, 2, 7, 100])
                    data.Add(hello.File, size);
            }

            return data;
        }
    }

    public static CapturedHello Named(string file) => All.Single(hello => hello.File == file);

    public byte[] Bytes()
    {
        using var stream = typeof(CapturedHello).Assembly.GetManifestResourceStream(File)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>The handshake message, without the header of its only record.</summary>
    public byte[] Message()
    {
        var bytes = Bytes();
        Assert.Equal(bytes.Length, 5 + BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(3)));
        return bytes[5..];
    }

    /// <summary>A message in records of these lengths; the last one holds for all that follow.</summary>
    public static byte[] InRecords(ReadOnlySpan<byte> message, params int[] sizes)
    {
        var bytes = new List<byte>();
        for (var i = 0; !message.IsEmpty; i++)
        {
            var fragment = message[..Math.Min(sizes[Math.Min(i, sizes.Length - 1)], message.Length)];
            bytes.AddRange([0x16, 3, 1, (byte)(fragment.Length >> 8), (byte)fragment.Length]);
            bytes.AddRange(fragment);
            message = message[fragment.Length..];
        }

        return [.. bytes];
    }
}
