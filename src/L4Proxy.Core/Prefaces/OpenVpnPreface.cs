using System.Buffers.Binary;

namespace L4Proxy.Prefaces;

/// <summary>Recognises an OpenVPN client by the packet with which it resets the session (OpenVPN protocol, "Packet format").</summary>
/// <remarks>
/// <code>
/// 00 0e                                        over TCP: 14 bytes follow
/// 38 74df78e8211e4f7e 00 00000000              P_CONTROL_HARD_RESET_CLIENT_V2: session id, nothing acknowledged, packet 0
/// 38 session id, HMAC, id, time, 00 00000000   with --tls-auth
/// 38 session id, id, time, 32, 5               with --tls-crypt: authentication tag, and the last five encrypted
/// 50 session id, id, time, 32, 5, key, 012b    P_CONTROL_HARD_RESET_CLIENT_V3, --tls-crypt-v2: the client's key and its length of 299
/// </code>
/// Keys are not known here, so nothing is decrypted: the lengths and what is not encrypted have to fit.
/// </remarks>
internal sealed class OpenVpnPreface() : LengthPrefixedPreface("openvpn", EncryptedLength + LongestKey)
{
    private const byte ResetV2 = 7 << 3;
    private const byte ResetV3 = 10 << 3;
    private const int PlainLength = 14;
    private const int EncryptedLength = 54;
    private const int WithoutHmac = PlainLength + 8;

    // A tag and a key; TLS_CRYPT_V2_MAX_WKC_LEN.
    private const int ShortestKey = 32 + 256;
    private const int LongestKey = 1024;

    // A server that is to answer without keeping state is told so by the first byte of the id.
    private const byte EarlyNegotiation = 0x0f;

    protected override PrefaceStatus Inspect(ReadOnlySpan<byte> message, int length)
    {
        // A DNS query whose id happens to begin so.
        if (length < PlainLength || message is [not (ResetV2 or ResetV3), ..] || DnsPreface.HasQuestion(message))
            return PrefaceStatus.NotMine;
        if (message.Length < length)
            return PrefaceStatus.NeedMore;
        var fits = message[0] == ResetV2 ? IsPlain(message) || IsEncrypted(message) : HasKey(message);
        return fits ? PrefaceStatus.Found : PrefaceStatus.NotMine;
    }

    /// <summary>Without a key, or with an HMAC: of MD5 to SHA-512.</summary>
    private static bool IsPlain(ReadOnlySpan<byte> message) =>
        (message.Length == PlainLength || message.Length - WithoutHmac is 16 or 20 or 28 or 32 or 48 or 64) && message is [.., 0, 0, 0, 0, 0];

    private static bool IsEncrypted(ReadOnlySpan<byte> message) => message.Length == EncryptedLength && HasFirstId(message);

    private static bool HasKey(ReadOnlySpan<byte> message) =>
        HasFirstId(message) && message.Length - EncryptedLength is >= ShortestKey and var length && BinaryPrimitives.ReadUInt16BigEndian(message[^2..]) == length;

    private static bool HasFirstId(ReadOnlySpan<byte> message) => message is [_, _, _, _, _, _, _, _, _, 0 or EarlyNegotiation, 0, ..];
}
