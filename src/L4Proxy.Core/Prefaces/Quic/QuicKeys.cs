using System.Buffers.Binary;
using System.Security.Cryptography;

namespace L4Proxy.Prefaces.Quic;

/// <summary>
/// What a client's Initial packets are protected with (RFC 9001 section 5). Anybody can derive it from the first one's connection id: it keeps nothing
/// secret, but shows what is damaged.
/// </summary>
internal sealed class QuicKeys : IDisposable
{
    public const int SecretLength = 32;
    public const int KeyLength = 16;
    public const int NonceLength = 12;

    private const int TagLength = 16;
    private const int SampleLength = 16;
    private const int LongestNumber = 4;

    private readonly Aes _header = Aes.Create();
    private readonly AesGcm _payload;
    private readonly byte[] _iv = new byte[NonceLength];

    /// <summary>Derives them (section 5.2).</summary>
    public QuicKeys(QuicVersion version, ReadOnlySpan<byte> destinationId)
    {
        Span<byte> initial = stackalloc byte[SecretLength];
        Span<byte> secret = stackalloc byte[SecretLength];
        Span<byte> key = stackalloc byte[KeyLength];
        HKDF.Extract(HashAlgorithmName.SHA256, destinationId, version.Salt, initial);
        HKDF.Expand(HashAlgorithmName.SHA256, initial, secret, QuicVersion.ClientSecret);
        HKDF.Expand(HashAlgorithmName.SHA256, secret, _iv, version.Iv);
        HKDF.Expand(HashAlgorithmName.SHA256, secret, key, version.Key);
        _payload = new AesGcm(key, TagLength);
        HKDF.Expand(HashAlgorithmName.SHA256, secret, key, version.HeaderKey);
        _header.SetKey(key);
    }

    /// <summary>Takes the protection off a packet.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="scratch">At least as long as the packet.</param>
    /// <param name="payload">Its frames, in <paramref name="scratch"/>.</param>
    /// <returns>False where it is damaged, or no such packet.</returns>
    public bool TryOpen(in QuicPacket packet, Span<byte> scratch, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        var sampleAt = packet.NumberAt + LongestNumber;
        if (packet.Bytes.Length < sampleAt + SampleLength)
            return false;
        Span<byte> mask = stackalloc byte[SampleLength];
        _header.EncryptEcb(packet.Bytes.Slice(sampleAt, SampleLength), mask, PaddingMode.None);

        // Header protection (section 5.4.1).
        var first = (byte)(packet.Bytes[0] ^ (mask[0] & 0x0f));
        var headerLength = packet.NumberAt + (first & 3) + 1;
        var header = scratch[..headerLength];
        packet.Bytes[..headerLength].CopyTo(header);
        header[0] = first;
        var number = 0u;
        for (var i = packet.NumberAt; i < headerLength; i++)
        {
            header[i] ^= mask[1 + i - packet.NumberAt];
            number = (number << 8) | header[i];
        }

        var length = packet.Bytes.Length - headerLength - TagLength;
        if (length < 0 || !TryDecrypt(number, packet.Bytes[headerLength..], header, scratch.Slice(headerLength, length)))
            return false;
        payload = scratch.Slice(headerLength, length);
        return true;
    }

    public void Dispose()
    {
        _header.Dispose();
        _payload.Dispose();
    }

    /// <summary>Section 5.3. Of the first few packets a number says all of itself (RFC 9000 appendix A.3).</summary>
    private bool TryDecrypt(uint number, ReadOnlySpan<byte> sealedPayload, ReadOnlySpan<byte> header, Span<byte> payload)
    {
        Span<byte> nonce = stackalloc byte[NonceLength];
        BinaryPrimitives.WriteUInt32BigEndian(nonce[(NonceLength - sizeof(uint))..], number);
        for (var i = 0; i < NonceLength; i++)
            nonce[i] ^= _iv[i];
        try
        {
            _payload.Decrypt(nonce, sealedPayload[..payload.Length], sealedPayload[payload.Length..], payload, header);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }
}
