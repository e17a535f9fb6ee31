using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace L4Proxy.Prefaces;

/// <summary>The fingerprint JA4 of a hello (FoxIO, "JA4: TLS Client Fingerprinting"): alike for all hellos of a program, however it shuffles them.</summary>
/// <remarks>
/// <code>
/// t13d1516h2_8daaf6152771_02713d6af862
/// t              TLS, or q for QUIC
///  13            the highest version offered
///    d           with a server name, or i without
///     15         cipher suites
///       16       extensions
///         h2     first and last character of the first ALPN protocol
///            ... SHA-256 of the cipher suites, sorted
///                         ... and of the extensions, sorted, without the name and ALPN, and of the signature algorithms as they come
/// </code>
/// Placeholders (RFC 8701) are left out everywhere. Only where somebody asks is it worked out.
/// </remarks>
internal sealed class Ja4
{
    private const ushort ServerName = 0;
    private const ushort SignatureAlgorithms = 13;
    private const ushort Alpn = 16;
    private const ushort SupportedVersions = 43;

    // Real hellos have a tenth of it; what a long one is made of is not kept.
    private const int MostKept = 1024;

    private readonly char _protocol;
    private readonly ushort _version;
    private readonly string _alpn = "00";
    private ushort[] _cipherSuites;
    private ushort[] _extensions;
    private ushort[] _signatures = [];
    private string? _text;

    /// <summary>Takes what it is made of out of a hello that can be decoded.</summary>
    /// <param name="isQuic">Whether it came over QUIC.</param>
    /// <param name="legacyVersion">The version where no list of them is.</param>
    /// <param name="cipherSuites">The cipher suites.</param>
    /// <param name="extensions">The extensions, each with type and length.</param>
    public Ja4(bool isQuic, ushort legacyVersion, ReadOnlySpan<byte> cipherSuites, ReadOnlySpan<byte> extensions)
    {
        _protocol = isQuic ? 'q' : 't';
        _version = legacyVersion;
        _cipherSuites = ReadList(cipherSuites);
        var types = new List<ushort>();
        var cursor = new ByteCursor(extensions);
        while (cursor.TryReadUInt16(out var type) && cursor.TryReadVector16(out var data))
        {
            if (!IsPlaceholder(type))
                types.Add(type);
            switch (type)
            {
                case SignatureAlgorithms:
                    _signatures = ReadList(data.Length > 2 ? data[2..] : []);
                    break;
                case Alpn:
                    _alpn = Ends(new ByteCursor(data.Length > 2 ? data[2..] : []));
                    break;
                case SupportedVersions when data.Length > 1:
                    _version = ReadList(data[1..]).DefaultIfEmpty(legacyVersion).Max();
                    break;
            }
        }
        _extensions = [.. types];
        if (_cipherSuites.Length + _extensions.Length + _signatures.Length > MostKept)
            _ = ToString();
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        if (_text is not null)
            return _text;
        var name = _extensions.Contains(ServerName) ? 'd' : 'i';
        var text = $"{_protocol}{VersionText(_version)}{name}{Count(_cipherSuites)}{Count(_extensions)}{_alpn}_"
            + $"{Hash(_cipherSuites.Order(), [])}_{Hash(_extensions.Where(type => type is not ServerName and not Alpn).Order(), _signatures)}";
        (_cipherSuites, _extensions, _signatures) = ([], [], []);
        return _text = text;
    }

    private static bool IsPlaceholder(ushort value) => (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff);

    private static ushort[] ReadList(ReadOnlySpan<byte> bytes)
    {
        var values = new List<ushort>(bytes.Length / 2);
        for (; bytes.Length >= 2; bytes = bytes[2..])
        {
            var value = BinaryPrimitives.ReadUInt16BigEndian(bytes);
            if (!IsPlaceholder(value))
                values.Add(value);
        }
        return [.. values];
    }

    /// <summary>The first and the last character of the first protocol; of one that does not begin and end with a letter or a digit, those of its hexadecimal form.</summary>
    private static string Ends(ByteCursor protocols)
    {
        ReadOnlySpan<byte> first;
        do
        {
            if (!protocols.TryReadVector8(out first))
                return "00";
        }
        while (first.Length == 2 && IsPlaceholder(BinaryPrimitives.ReadUInt16BigEndian(first)));
        if (first.IsEmpty)
            return "00";
        return char.IsAsciiLetterOrDigit((char)first[0]) && char.IsAsciiLetterOrDigit((char)first[^1])
            ? $"{(char)first[0]}{(char)first[^1]}"
            : $"{first[0] >> 4:x}{first[^1] & 0xf:x}";
    }

    private static string Count(ushort[] values) => Math.Min(values.Length, 99).ToString("00", CultureInfo.InvariantCulture);

    private static string VersionText(ushort version) => version switch
    {
        0x0304 => "13",
        0x0303 => "12",
        0x0302 => "11",
        0x0301 => "10",
        0x0300 => "s3",
        0x0002 => "s2",
        _ => "00",
    };

    private static string Hash(IEnumerable<ushort> values, ushort[] behind)
    {
        var text = Hex(values);
        if (text.Length == 0)
            return "000000000000";
        if (behind.Length > 0)
            text += $"_{Hex(behind)}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text)), 0, 6);
    }

    private static string Hex(IEnumerable<ushort> values) => string.Join(',', values.Select(value => value.ToString("x4", CultureInfo.InvariantCulture)));
}
