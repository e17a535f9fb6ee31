using System.Diagnostics.CodeAnalysis;
using System.Security.Authentication;

namespace L4Proxy.Prefaces;

/// <summary>Reads a whole ClientHello message (RFC 8446 section 4.1.2). What a TLS server would refuse to decode is no hello.</summary>
/// <remarks>
/// <code>
/// 03 03              legacy_version
/// ...                random, 32 bytes
/// 20 ...             legacy_session_id, length of one byte
/// 00 20 ...          cipher_suites, length of two bytes
/// 01 00              legacy_compression_methods, length of one byte
/// 01 75              extensions, length of two bytes; absent in old clients
///   00 00 00 0e ...  each a type and a length of two bytes
/// </code>
/// </remarks>
internal static class ClientHelloBody
{
    /// <summary>Version, random, an empty session id, one cipher suite, one compression method.</summary>
    public const int MinLength = 2 + RandomLength + 1 + 4 + 2;

    private const int RandomLength = 32;

    private const ushort ServerName = 0;
    private const ushort Alpn = 16;
    private const ushort SupportedVersions = 43;
    private const ushort EncryptedClientHello = 0xfe0d;

    public static bool TryParse(ReadOnlySpan<byte> message, [NotNullWhen(true)] out ClientHello? hello, bool isFingerprinted = false, bool isQuic = false)
    {
        hello = null;
        var cursor = new ByteCursor(message);
        if (!cursor.TryReadUInt16(out var legacyVersion)
            || !cursor.TrySkip(RandomLength)
            || !cursor.TryReadVector8(out var sessionId) || sessionId.Length > 32
            || !cursor.TryReadVector16(out var cipherSuites) || cipherSuites.Length < 2 || cipherSuites.Length % 2 != 0
            || !cursor.TryReadVector8(out var compressions) || compressions.IsEmpty)
            return false;

        ReadOnlySpan<byte> extensions = default;
        if (!cursor.IsAtEnd && (!cursor.TryReadVector16(out extensions) || !cursor.IsAtEnd))
            return false;
        var fingerprint = isFingerprinted ? new Ja4(isQuic, legacyVersion, cipherSuites, extensions) : null;
        return TryReadExtensions(extensions, legacyVersion, fingerprint, out hello);
    }

    private static bool TryReadExtensions(
        ReadOnlySpan<byte> extensions, ushort legacyVersion, Ja4? fingerprint, [NotNullWhen(true)] out ClientHello? hello)
    {
        hello = null;
        var names = new ServerNameExtension();
        IReadOnlyList<string>? alpn = null;
        SslProtocols? versions = null;
        var encrypted = false;
        var cursor = new ByteCursor(extensions);
        while (!cursor.IsAtEnd)
        {
            if (!cursor.TryReadUInt16(out var type) || !cursor.TryReadVector16(out var data))
                return false;
            switch (type)
            {
                case ServerName:
                    names.Read(data);
                    break;
                // No extension may appear twice (section 4.2): a server behind us could believe the other one.
                case Alpn:
                    if (alpn is not null || !AlpnExtension.TryRead(data, out alpn))
                        return false;
                    break;
                case SupportedVersions:
                    if (versions is not null || !TlsVersions.TryRead(data, out versions))
                        return false;
                    break;
                case EncryptedClientHello:
                    encrypted = true;
                    break;
            }
        }

        hello = new ClientHello
        {
            ServerName = names.Name,
            ServerNameInvalid = names.Fault is not null,
            ServerNameFault = names.Fault,
            Alpn = alpn ?? [],
            Versions = versions ?? TlsVersions.FromLegacy(legacyVersion),
            HasEncryptedClientHello = encrypted,
            Ja4 = fingerprint,
        };
        return true;
    }
}
