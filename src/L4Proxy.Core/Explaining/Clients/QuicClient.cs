using System.Security.Cryptography;
using L4Proxy.Prefaces.Quic;
using static L4Proxy.Explaining.Clients.ImaginedWords;

namespace L4Proxy.Explaining.Clients;

/// <summary>A hello in one Initial packet of QUIC version 1 (RFC 9000 section 17.2.2), sealed as RFC 9001 section 5 says.</summary>
internal sealed class QuicClient() : ImaginedClient("quic", HelloWriter.ServerName, HelloWriter.Alpn)
{
    private const int TagLength = 16;
    private const int NumberLength = 4;
    private const int LongestHello = 1000;

    public override bool IsOfStreams => false;

    public override bool IsOfDatagrams => true;

    public override byte[] Write(ImaginedWords words, bool isDatagram)
    {
        var hello = HelloWriter.Write(words, "1.3");
        if (hello.Length > LongestHello)
            throw new FormatException("The hello would be longer than a datagram.");
        byte[] id = [1, 2, 3, 4, 5, 6, 7, 8];
        byte[] front = [0xc3, 0, 0, 0, 1, .. Vector8(id), 0, 0];
        byte[] crypto = [6, 0, .. VarInt(hello.Length), .. hello];
        var payload = new byte[QuicHelloReader.ShortestDatagram - front.Length - sizeof(ushort) - NumberLength - TagLength];
        crypto.CopyTo(payload, 0);
        return Seal([.. front, .. VarInt(NumberLength + payload.Length + TagLength), .. new byte[NumberLength]], payload, id);
    }

    /// <summary>A number in two bytes (RFC 9000 section 16).</summary>
    private static byte[] VarInt(int number) => Number16(number | 0x4000);

    /// <summary>Of packet number 0, so that the nonce is the IV.</summary>
    private static byte[] Seal(byte[] header, byte[] payload, byte[] id)
    {
        var version = QuicVersion.One;
        var secret = new byte[QuicKeys.SecretLength];
        HKDF.Expand(HashAlgorithmName.SHA256, HKDF.Extract(HashAlgorithmName.SHA256, id, version.Salt.ToArray()), secret, QuicVersion.ClientSecret);
        byte[] packet = [.. header, .. payload, .. new byte[TagLength]];
        using var gcm = new AesGcm(Expand(secret, version.Key, QuicKeys.KeyLength), TagLength);
        gcm.Encrypt(Expand(secret, version.Iv, QuicKeys.NonceLength), payload, packet.AsSpan(header.Length, payload.Length), packet.AsSpan(^TagLength..), header);

        using var aes = Aes.Create();
        aes.SetKey(Expand(secret, version.HeaderKey, QuicKeys.KeyLength));
        Span<byte> mask = stackalloc byte[TagLength];
        aes.EncryptEcb(packet.AsSpan(header.Length, TagLength), mask, PaddingMode.None);
        packet[0] ^= (byte)(mask[0] & 0x0f);
        for (var i = 0; i < NumberLength; i++)
            packet[header.Length - NumberLength + i] ^= mask[1 + i];
        return packet;
    }

    private static byte[] Expand(byte[] secret, ReadOnlySpan<byte> label, int length)
    {
        var output = new byte[length];
        HKDF.Expand(HashAlgorithmName.SHA256, secret, output, label);
        return output;
    }
}
