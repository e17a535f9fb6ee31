using System.Buffers.Binary;
using System.Text;

namespace L4Proxy.Prefaces.Quic;

/// <summary>What differs between the versions of QUIC in a client's first packets.</summary>
internal sealed class QuicVersion
{
    private static readonly byte[] s_clientSecret = Label("client in", QuicKeys.SecretLength);

    private readonly uint _number;
    private readonly int _typeOfInitial;
    private readonly byte[] _salt;
    private readonly byte[] _key;
    private readonly byte[] _iv;
    private readonly byte[] _headerKey;

    private QuicVersion(uint number, int typeOfInitial, string salt, string label)
    {
        (_number, _typeOfInitial, _salt) = (number, typeOfInitial, Convert.FromHexString(salt));
        _key = Label($"{label} key", QuicKeys.KeyLength);
        _iv = Label($"{label} iv", QuicKeys.NonceLength);
        _headerKey = Label($"{label} hp", QuicKeys.KeyLength);
    }

    /// <summary>RFC 9001 section 5.</summary>
    public static QuicVersion One { get; } = new(1, 0, "38762cf7f55934b34d179ae6a4c80cadccbb7f0a", "quic");

    /// <summary>RFC 9369 section 3.</summary>
    public static QuicVersion Two { get; } = new(0x6b3343cf, 1, "0dede3def700a6db819381be6e269dcbf9bd2ed9", "quicv2");

    /// <summary>The label of the client's secret, in every version.</summary>
    public static ReadOnlySpan<byte> ClientSecret => s_clientSecret;

    public ReadOnlySpan<byte> Salt => _salt;

    public ReadOnlySpan<byte> Key => _key;

    public ReadOnlySpan<byte> Iv => _iv;

    public ReadOnlySpan<byte> HeaderKey => _headerKey;

    /// <summary>The version of this number; null if it is not known.</summary>
    public static QuicVersion? Find(uint number) => number == One._number ? One : number == Two._number ? Two : null;

    /// <summary>What the two bits of a long header's type say (RFC 9000 section 17.2, RFC 9369 section 3.2).</summary>
    public QuicPacketType TypeOf(byte first) => (QuicPacketType)(((first >> 4) - _typeOfInitial) & 3);

    /// <summary>The info of HKDF-Expand-Label without a context (RFC 8446 section 7.1).</summary>
    private static byte[] Label(string label, ushort length)
    {
        var text = Encoding.ASCII.GetBytes("tls13 " + label);
        byte[] info = [0, 0, (byte)text.Length, .. text, 0];
        BinaryPrimitives.WriteUInt16BigEndian(info, length);
        return info;
    }
}
