using System.Collections.Frozen;
using System.Globalization;

namespace L4Proxy.Prefaces;

/// <summary>The types of DNS records by name (IANA, "Domain Name System Parameters"); others are called <c>TYPE65000</c> (RFC 3597 section 5).</summary>
internal static class DnsTypes
{
    private const string Unknown = "TYPE";

    private static readonly FrozenDictionary<ushort, string> s_names = new Dictionary<ushort, string>
    {
        [1] = "A", [2] = "NS", [5] = "CNAME", [6] = "SOA", [12] = "PTR", [13] = "HINFO", [15] = "MX", [16] = "TXT", [17] = "RP", [18] = "AFSDB",
        [24] = "SIG", [25] = "KEY", [28] = "AAAA", [29] = "LOC", [33] = "SRV", [35] = "NAPTR", [36] = "KX", [37] = "CERT", [39] = "DNAME", [42] = "APL",
        [43] = "DS", [44] = "SSHFP", [45] = "IPSECKEY", [46] = "RRSIG", [47] = "NSEC", [48] = "DNSKEY", [49] = "DHCID", [50] = "NSEC3",
        [51] = "NSEC3PARAM", [52] = "TLSA", [53] = "SMIMEA", [55] = "HIP", [59] = "CDS", [60] = "CDNSKEY", [61] = "OPENPGPKEY", [62] = "CSYNC",
        [63] = "ZONEMD", [64] = "SVCB", [65] = "HTTPS", [99] = "SPF", [108] = "EUI48", [109] = "EUI64", [249] = "TKEY", [250] = "TSIG",
        [251] = "IXFR", [252] = "AXFR", [255] = "ANY", [256] = "URI", [257] = "CAA",
    }.ToFrozenDictionary();

    /// <summary>Those that have a name.</summary>
    public static IReadOnlyList<string> Names => s_names.Values;

    /// <summary>What a type is called.</summary>
    public static string NameOf(ushort type) => s_names.TryGetValue(type, out var name) ? name : string.Create(CultureInfo.InvariantCulture, $"{Unknown}{type}");

    /// <summary>The name of a type that is given by name or number, in any case: <c>type65</c> is <c>HTTPS</c>.</summary>
    public static string Normalise(string text)
    {
        var upper = text.ToUpperInvariant();
        return upper.StartsWith(Unknown, StringComparison.Ordinal) && ushort.TryParse(upper.AsSpan(Unknown.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var type)
            ? NameOf(type) : upper;
    }

    /// <summary>Whether a normalised name is that of a type.</summary>
    public static bool IsKnown(string name) => s_names.Values.Contains(name, StringComparer.Ordinal)
        || (name.StartsWith(Unknown, StringComparison.Ordinal) && ushort.TryParse(name.AsSpan(Unknown.Length), NumberStyles.None, CultureInfo.InvariantCulture, out _));
}
