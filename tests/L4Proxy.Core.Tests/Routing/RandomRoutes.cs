using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using CsCheck;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Prefaces;
using L4Proxy.ProxyProtocol;
using L4Proxy.Routing;

namespace L4Proxy.Core.Tests.Routing;

/// <summary>Random routes and connections from few values, so that they meet often.</summary>
internal static class RandomRoutes
{
    private static readonly string[] s_ranges = ["10.0.0.0/8", "10.1.0.0/16", "192.0.2.1/32", "2001:db8::/32"];
    private static readonly string[] s_globs = ["a", "b", "*", "c*"];
    private static readonly Gen<string> s_label = Gen.OneOf("a", "b", "c");
    private static readonly Gen<string> s_client = Gen.OneOf("10.0.0.1", "10.1.0.1", "192.0.2.1", "2001:db8::1");
    private static readonly JsonSerializerOptions s_json = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private static readonly Gen<string[]?> s_names = Some(
        2, "", "*", "*.c", "{**x}.c", "{x}.c", "{x}.{y}.c", "*.b.c", "{x}.b.c", "{**x}.b.c", "a.b.c", "b.c", "c", "a.a.b.c", "{x}.{y}.b.c");

    private static readonly Gen<L4ProxyProtocolMatch> s_headerMatch =
        from authority in Some(3, s_globs)
        from types in Some(3, "0xE0", "0xE1")
        from globs in Gen.OneOf(s_globs).Array[1, 3]
        select new L4ProxyProtocolMatch { Authority = authority, Tlvs = types?.ToDictionary(type => type, _ => (IReadOnlyList<string>)globs) };

    private static readonly Gen<L4BytesMatch> s_bytesMatch =
        from offset in Gen.OneOf<int?>(null, 0, 1)
        from pattern in Gen.OneOf(
            new L4BytesMatch { Hex = "16 03 01" }, new L4BytesMatch { Hex = "16" }, new L4BytesMatch { Text = "SSH-" }, new L4BytesMatch { Text = "0" },
            new L4BytesMatch { Regex = "^GET", Length = 20 }, new L4BytesMatch { Regex = "S|\\x03", Length = 4 }, new L4BytesMatch { Regex = "-2$", Length = 5 })
        select pattern with { Offset = offset };

    private static readonly Gen<L4Match> s_flat =
        from hello in Gen.Select(
            s_names, Some(7, "a.*", ".*c", @"[ab]\.c", "(?<x>[a-c])", ".*"), Some(6, "h2", "http/1.1", "x"), Some(8, "1.0", "1.2", "1.3"),
            (sni, regexes, alpn, versions) => new L4Match { Sni = sni, SniRegex = regexes, Alpn = alpn, TlsVersions = versions })
        from protocols in Some(5, "tls", "http", "ssh")
        from clients in Some(6, s_ranges)
        from locals in Some(8, s_ranges)
        from ports in Some(4, "1", "2", "1-2", "2-3", "3")
        from header in OneIn(7, s_headerMatch)
        from bytes in OneIn(8, s_bytesMatch.Array[1, 2])
        select hello with { Protocols = protocols, ClientAddresses = clients, LocalAddresses = locals, LocalPorts = ports, ProxyProtocol = header, Bytes = bytes };

    private static readonly Gen<L4Match> s_inner =
        from flat in s_flat
        from not in OneIn(5, s_flat)
        select flat with { Not = not };

    private static readonly Gen<L4Match> s_match =
        from flat in s_flat
        from not in OneIn(6, s_inner)
        from any in OneIn(6, s_inner.Array[1, 3])
        from hosts in Some(3, "", "*", "*.c", "{x}.b.c", "a.b.c", "c")
        from paths in Some(4, "/", "/a", "/a/b", "/c")
        select flat with { Not = not, AnyOf = any, Host = flat.Sni is null && flat.SniRegex is null ? hosts : null, Path = paths };

    private static readonly Gen<byte[]> s_hello =
        from version in Gen.UShort[0x0301, 0x0303]
        from name in Gen.Frequency((2, Gen.Const((string?)null)), (1, Gen.Const((string?)"10.0.0.1")), (9, s_label.Array[1, 4].Select(labels => (string?)string.Join('.', labels))))
        from alpn in OneIn(2, Gen.OneOf("h2", "http/1.1", "y").Array[1, 2])
        from older in Gen.Frequency((1, Gen.Const((ushort)0)), (1, Gen.UShort[0x0301, 0x0303]))
        select Hello(version, name, alpn, older);

    private static readonly Gen<byte[]> s_request =
        from host in Gen.OneOf("Host: a.b.c\r\n", "Host: c\r\n", "Host: b.c:80\r\n", "Host: b.b.c\r\n", "", "Host: a\r\nHost: b\r\n")
        from path in Gen.OneOf("/", "/a", "/a/b?c", "/%61/b", "*")
        select Encoding.ASCII.GetBytes($"OPTIONS {path} HTTP/1.0\r\n{host}\r\n");

    private static readonly Gen<byte[]> s_bytes =
        from all in Gen.Frequency(
            (1, Gen.Const("SSH-2.0-x\r\n"u8.ToArray())), (3, s_request), (1, Gen.Const((byte[])[0, 1, 2])),
            (1, Gen.Const(new HelloBuilder { CipherSuites = [] }.WithServerName("a.b.c").Bytes())), (4, s_hello))
        from cut in Gen.Int[0, all.Length - 1]
        from whole in Gen.Int[0, 2]
        // Often whole, else cut anywhere, also before the first byte.
        select whole > 0 ? all : all[..cut];

    private static readonly Gen<ProxyHeader> s_header = Gen.Select(Gen.OneOf<byte>(2, 0xE0, 0xE1), s_label).Array[0, 3].Select(tlvs => new ProxyHeader
    {
        Version = 2, Tlvs = [.. tlvs.Select(tlv => new ProxyTlv(tlv.Item1, Encoding.ASCII.GetBytes(tlv.Item2)))],
    });

    public static Gen<RouteModel[]> Table { get; } =
        Gen.Select(Gen.Frequency((1, Gen.Const((L4Match?)null)), (11, s_match.Select(match => (L4Match?)match))), Gen.Frequency((3, Gen.Const((int?)null)), (1, Gen.Int[-1, 1].Select(order => (int?)order))))
            .Array[1, 11].Select(routes => routes.Select((route, i) => Routes.Route($"r{i}", route.Item1, route.Item2)).ToArray());

    public static Gen<RandomConnection> Connection { get; } =
        from bytes in s_bytes
        from client in s_client
        from local in s_client
        from port in Gen.Int[1, 4]
        from header in Gen.Frequency((1, Gen.Const((ProxyHeader?)null)), (2, s_header.Select(header => (ProxyHeader?)header)))
        select new RandomConnection(bytes, client, local, port, header);

    /// <summary>What a failure shows.</summary>
    public static string Print(IEnumerable<RouteModel> routes) =>
        string.Join('\n', routes.Select(route => $"{route.Id}: {JsonSerializer.Serialize(route.Config, s_json)}"));

    /// <summary>Null but once in so many times.</summary>
    private static Gen<T?> OneIn<T>(int times, Gen<T> gen)
        where T : class => Gen.Frequency((times - 1, Gen.Const((T?)null)), (1, gen.Select(value => (T?)value)));

    private static Gen<string[]?> Some(int oneIn, params string[] values) =>
        OneIn(oneIn, Gen.OneOf(values).Array[1, 3].Select(some => some.Distinct().ToArray()));

    private static byte[] Hello(ushort version, string? name, string[]? alpn, ushort older)
    {
        var builder = new HelloBuilder { LegacyVersion = version };
        if (name is not null)
            builder.WithServerName(name);
        if (alpn is not null)
            builder.WithAlpn(alpn);
        if (older > 0)
            builder.WithVersions(0x0304, older);
        return builder.Bytes();
    }
}
