using System.Buffers.Binary;
using System.Security.Cryptography;
using L4Proxy.Prefaces.Quic;

namespace L4Proxy.Core.Tests.Prefaces.Quic;

/// <summary>A client's first packets: real ones (Packets/README.md), and such as are sealed here.</summary>
internal static class QuicPackets
{
    /// <summary>The files.</summary>
    public static IReadOnlyList<string> All { get; } = ["rfc9001", "rfc9369", "chromium-1", "chromium-2"];

    public static byte[] Id { get; } = Convert.FromHexString("8394c8f03e515708");

    /// <summary>One of the files.</summary>
    public static byte[] Named(string file)
    {
        using var stream = typeof(QuicPackets).Assembly.GetManifestResourceStream(file)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>A CRYPTO frame.</summary>
    public static byte[] Crypto(int offset, params byte[] data) => [0x06, .. VarInt(offset), .. VarInt(data.Length), .. data];

    /// <summary>An integer in four bytes.</summary>
    public static byte[] VarInt(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value | 1 << 31);
        return bytes;
    }

    /// <summary>Padded to what a server takes.</summary>
    public static byte[] Datagram(params byte[][] frames) => Datagram(0, frames);

    public static byte[] Datagram(uint number, params byte[][] frames) => Initial(number, [.. frames.SelectMany(frame => frame)], length: 1200);

    /// <summary>An Initial of version 1, sealed by the letter of RFC 9001.</summary>
    public static byte[] Initial(uint number, byte[] frames, int length = 0, byte[]? id = null, byte[]? token = null)
    {
        id ??= Id;
        token ??= [];
        byte[] front = [0xc3, 0, 0, 0, 1, (byte)id.Length, .. id, 2, 7, 7, .. VarInt(token.Length), .. token];
        // Length of four bytes, number of four, tag of sixteen.
        var payload = new byte[Math.Max(frames.Length, length - front.Length - 4 - 4 - 16)];
        frames.CopyTo(payload, 0);
        byte[] header = [.. front, .. VarInt(4 + payload.Length + 16), .. new byte[4]];
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(header.Length - 4), number);
        return Seal(header, payload, number, id);
    }

    private static byte[] Seal(byte[] header, byte[] payload, uint number, byte[] id)
    {
        var version = QuicVersion.One;
        var secret = HKDF.Expand(HashAlgorithmName.SHA256, HKDF.Extract(HashAlgorithmName.SHA256, id, version.Salt.ToArray()), 32, QuicVersion.ClientSecret.ToArray());
        var nonce = HKDF.Expand(HashAlgorithmName.SHA256, secret, 12, version.Iv.ToArray());
        for (var i = 0; i < 4; i++)
            nonce[8 + i] ^= (byte)(number >> (24 - (8 * i)));
        using var gcm = new AesGcm(HKDF.Expand(HashAlgorithmName.SHA256, secret, 16, version.Key.ToArray()), 16);
        var (text, tag) = (new byte[payload.Length], new byte[16]);
        gcm.Encrypt(nonce, payload, text, tag, header);
        byte[] packet = [.. header, .. text, .. tag];

        using var aes = Aes.Create();
        aes.Key = HKDF.Expand(HashAlgorithmName.SHA256, secret, 16, version.HeaderKey.ToArray());
        var mask = aes.EncryptEcb(packet[header.Length..(header.Length + 16)], PaddingMode.None);
        packet[0] ^= (byte)(mask[0] & 0x0f);
        for (var i = 0; i < 4; i++)
            packet[header.Length - 4 + i] ^= mask[1 + i];
        return packet;
    }
}
