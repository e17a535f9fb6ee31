using System.Buffers.Binary;
using System.Collections.Immutable;

namespace L4Proxy.ProxyProtocol;

/// <summary>What a PROXY header says of the client's TLS (<c>PP2_TYPE_SSL</c>; PROXY protocol, section 2.2.6).</summary>
public sealed class ProxySsl
{
    private const int VerifyOffset = 1;
    private const int TlvsOffset = 5;

    private ProxySsl(byte client, uint verify, ImmutableArray<ProxyTlv> tlvs)
    {
        IsTls = (client & 1) != 0;
        HasCertificate = (client & 2) != 0;
        HasSessionCertificate = (client & 4) != 0;
        IsVerified = verify == 0 && (HasCertificate || HasSessionCertificate);
        Tlvs = tlvs;
    }

    /// <summary>Whether the client spoke TLS (<c>PP2_CLIENT_SSL</c>).</summary>
    public bool IsTls { get; }

    /// <summary>Whether the client showed a certificate on this connection (<c>PP2_CLIENT_CERT_CONN</c>).</summary>
    public bool HasCertificate { get; }

    /// <summary>Whether the client showed a certificate at least once in the TLS session (<c>PP2_CLIENT_CERT_SESS</c>).</summary>
    public bool HasSessionCertificate { get; }

    /// <summary>Whether the client showed a certificate and the sender verified it.</summary>
    public bool IsVerified { get; }

    /// <summary>The version of TLS, such as <c>TLSv1.3</c> (<c>PP2_SUBTYPE_SSL_VERSION</c>).</summary>
    /// <value>Null if it is not given, or if it is not UTF-8 or has control characters; so are the other texts.</value>
    public string? Version => TextOf(ProxyTlvType.SslVersion);

    /// <summary>The cipher suite, such as <c>TLS_AES_256_GCM_SHA384</c> (<c>PP2_SUBTYPE_SSL_CIPHER</c>).</summary>
    public string? Cipher => TextOf(ProxyTlvType.SslCipher);

    /// <summary>The common name of the client's certificate (<c>PP2_SUBTYPE_SSL_CN</c>). Only <see cref="IsVerified"/> makes it worth something.</summary>
    public string? CommonName => TextOf(ProxyTlvType.SslCommonName);

    /// <summary>How the sender's certificate is signed, such as <c>RSA-SHA256</c> (<c>PP2_SUBTYPE_SSL_SIG_ALG</c>).</summary>
    public string? SignatureAlgorithm => TextOf(ProxyTlvType.SslSignatureAlgorithm);

    /// <summary>The key of the sender's certificate, such as <c>RSA2048</c> (<c>PP2_SUBTYPE_SSL_KEY_ALG</c>).</summary>
    public string? KeyAlgorithm => TextOf(ProxyTlvType.SslKeyAlgorithm);

    /// <summary>Everything that is said, in its order, also what has no property here, such as the client's certificate (0x28).</summary>
    public ImmutableArray<ProxyTlv> Tlvs { get; }

    /// <summary>Null if it cannot be read.</summary>
    internal static ProxySsl? Read(ReadOnlyMemory<byte>? value) =>
        value is { Length: >= TlvsOffset } bytes && ProxyTlvs.TryRead(bytes[TlvsOffset..], out var tlvs)
            ? new(bytes.Span[0], BinaryPrimitives.ReadUInt32BigEndian(bytes.Span[VerifyOffset..]), tlvs)
            : null;

    private string? TextOf(byte type) => ProxyTlvs.TextOf(Tlvs, type);
}
