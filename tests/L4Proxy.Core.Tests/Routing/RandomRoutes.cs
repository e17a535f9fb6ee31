using System.Text;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Prefaces;
using L4Proxy.Prefaces;
using L4Proxy.ProxyProtocol;
using L4Proxy.Routing;

namespace L4Proxy.Core.Tests.Routing;

/// <summary>Random routes and connections from few values, so that they meet often.</summary>
internal sealed class RandomRoutes(int seed)
{
    private static readonly string[] Labels = ["a", "b", "c"];
    private static readonly string[] Names =
        ["", "*", "*.c", "{**x}.c", "{x}.c", "{x}.{y}.c", "*.b.c", "{x}.b.c", "{**x}.b.c", "a.b.c", "b.c", "c", "a.a.b.c", "{x}.{y}.b.c"];
    private static readonly string[] Regexes = ["a.*", ".*c", @"[ab]\.c", "(?<x>[a-c])", ".*"];
    private static readonly string[] Ranges = ["10.0.0.0/8", "10.1.0.0/16", "192.0.2.1/32", "2001:db8::/32"];
    private static readonly string[] Clients = ["10.0.0.1", "10.1.0.1", "192.0.2.1", "2001:db8::1"];
    private static readonly string[] Globs = ["a", "b", "*", "c*"];
    private static readonly string[] Ports = ["1", "2", "1-2", "2-3", "3"];

    private readonly Random _random = new(seed);

    public List<RouteModel> Table() => [.. Enumerable.Range(0, _random.Next(1, 12)).Select(i => Routes.Route($"r{i}", Match(), Order()))];

    public ConnectionFacts Facts() =>
        Routes.Facts(PrefaceInspector.Inspect(Bytes()), One(Clients), One(Clients), _random.Next(1, 5)) with { ProxyHeader = Header() };

    private int? Order() => _random.Next(4) == 0 ? _random.Next(-1, 2) : null;

    private L4Match? Match() => _random.Next(12) == 0 ? null : new L4Match
    {
        Sni = Some(Names, 2),
        SniRegex = Some(Regexes, 7),
        Alpn = Some(["h2", "http/1.1", "x"], 6),
        TlsVersions = Some(["1.0", "1.2", "1.3"], 8),
        Protocols = Some(["tls", "http", "ssh"], 5),
        ClientAddresses = Some(Ranges, 6),
        LocalAddresses = Some(Ranges, 8),
        LocalPorts = Some(Ports, 4),
        ProxyProtocol = _random.Next(7) > 0 ? null : new L4ProxyProtocolMatch
        {
            Authority = Some(Globs, 3),
            Tlvs = Some(["0xE0", "0xE1"], 3)?.ToDictionary(type => type, _ => (IReadOnlyList<string>)Some(Globs, 1)!),
        },
    };

    private ProxyHeader? Header() => _random.Next(3) == 0 ? null : new ProxyHeader
    {
        Version = 2,
        Tlvs = [.. Enumerable.Range(0, _random.Next(4)).Select(_ => new ProxyTlv(One<byte>([2, 0xE0, 0xE1]), Encoding.ASCII.GetBytes(One(Labels))))],
    };

    /// <summary>Null but once in <paramref name="oneIn"/> times; else one to three different values.</summary>
    private string[]? Some(string[] values, int oneIn) =>
        _random.Next(oneIn) != 0 ? null : [.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => One(values)).Distinct()];

    private T One<T>(T[] values) => values[_random.Next(values.Length)];

    private byte[] Bytes()
    {
        var all = _random.Next(8) switch
        {
            0 => Encoding.ASCII.GetBytes("SSH-2.0-x\r\n"),
            1 => Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\n"),
            2 => [0, 1, 2],
            3 => new HelloBuilder { CipherSuites = [] }.WithServerName("a.b.c").Bytes(),
            _ => Hello(),
        };
        // Often whole, else cut anywhere, also before the first byte.
        return _random.Next(3) > 0 ? all : all[.._random.Next(all.Length)];
    }

    private byte[] Hello()
    {
        var builder = new HelloBuilder { LegacyVersion = (ushort)(0x0301 + _random.Next(3)) };
        if (_random.Next(6) > 0)
            builder.WithServerName(_random.Next(12) == 0 ? "10.0.0.1" : string.Join('.', Enumerable.Range(0, _random.Next(1, 5)).Select(_ => One(Labels))));
        if (_random.Next(2) == 0)
            builder.WithAlpn([.. Enumerable.Range(0, _random.Next(1, 3)).Select(_ => One(["h2", "http/1.1", "y"]))]);
        if (_random.Next(2) == 0)
            builder.WithVersions(0x0304, (ushort)(0x0301 + _random.Next(3)));
        return builder.Bytes();
    }
}
