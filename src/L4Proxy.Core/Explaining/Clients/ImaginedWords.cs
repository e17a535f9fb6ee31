using System.Buffers.Binary;
using System.Text;
using L4Proxy.Configuration.Reading;

namespace L4Proxy.Explaining.Clients;

/// <summary>What a client is told to say, by key, and the forms it is written in.</summary>
internal sealed class ImaginedWords(IReadOnlyDictionary<string, string> words)
{
    // Far more than any of them may be.
    private const int MaxLength = 4096;

    /// <summary>The value of a key; null where it is not given.</summary>
    public string? Get(string key) => !words.TryGetValue(key, out var value) ? null
        : value.Length <= MaxLength ? value : throw new FormatException($"'{key}' is longer than {MaxLength} characters.");

    /// <summary>The values of a key, which commas separate; null where it is not given.</summary>
    public IReadOnlyList<string>? List(string key) => Get(key)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>One byte of length, then the bytes.</summary>
    /// <exception cref="FormatException">They are more than fit.</exception>
    public static byte[] Vector8(ReadOnlySpan<byte> bytes) =>
        bytes.Length <= byte.MaxValue ? [(byte)bytes.Length, .. bytes] : throw new FormatException($"{Quote.Text(Encoding.UTF8.GetString(bytes))} is longer than 255 bytes.");

    /// <summary>Two bytes of length, then the bytes.</summary>
    public static byte[] Vector16(ReadOnlySpan<byte> bytes) => [.. Number16(bytes.Length), .. bytes];

    /// <summary>Two bytes, the higher one first.</summary>
    public static byte[] Number16(int number)
    {
        var bytes = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, checked((ushort)number));
        return bytes;
    }
}
