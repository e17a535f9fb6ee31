using System.Net;
using CsCheck;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.House;
using L4Proxy.Routing;
using static L4Proxy.Core.Tests.Routing.Routes;

namespace L4Proxy.Core.Tests.Routing;

/// <summary>Routes that differ by the client's address, or by ranges of ports, are found by index, and the precedence is as ever.</summary>
public class RouteIndexTests
{
    private static readonly string[] s_ranges =
    [
        "0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "10.1.2.3/32", "10.1.2.3", "11.0.0.0/8", "::/0", "2001:db8::/32", "2001:db8:1::/48", "2001:db8:1::1/128", "::ffff:0:0/96",
        "::ffff:10.1.0.0/112", "::/90",
    ];

    private static readonly string[] s_clients = ["10.1.2.3", "10.1.2.4", "10.1.9.9", "10.9.9.9", "11.0.0.0", "9.255.255.255", "2001:db8:1::1", "2001:db8::1", "::ffff:10.1.2.3", "::1", "255.255.255.255"];
    private static readonly string[] s_ports = ["1", "2", "1-3", "2-5", "4-6", "5", "6-65535", "1-65535", "65535"];

    private static readonly Gen<RouteModel[]> s_table = Gen.Select(
        Gen.OneOf(s_ranges).Array[0, 3], Gen.OneOf(s_ports).Array[0, 3], Gen.Int[0, 1], Gen.OneOf("", "a.b", "*"),
        (ranges, ports, order, name) => (Match: new L4Match
        {
            ClientAddresses = ranges.Length == 0 ? null : ranges, LocalPorts = ports.Length == 0 ? null : ports, Sni = name.Length == 0 ? null : [name],
        }, Order: order)).Array[1, 12].Select(matches => matches.Select((match, i) => Route($"r{i:d2}", match.Match, match.Order)).ToArray());

    [Fact]
    public void Any_ranges_are_found_as_trying_every_route_in_order_finds_them()
    {
        var found = 0;

        Gen.Select(s_table, Gen.OneOf(s_clients).Array[1, 9], Gen.OneOf(1, 2, 3, 4, 5, 6, 7, 65535)).Sample(
            (routes, clients, port) =>
            {
                var table = RouteTable.Create(routes);
                foreach (var client in clients)
                {
                    var facts = Facts(Hello("a.b"), client, port: port);
                    var winner = TryInOrder(routes, facts);
                    Assert.Equal(winner ?? "None", table.Match(facts, noMoreBytes: false).Text());
                    Interlocked.Add(ref found, winner is null ? 0 : 1);
                }
            },
            iter: 3000, print: of => $"{RandomRoutes.Print(of.Item1)} {string.Join(' ', of.Item2)} {of.Item3}");

        Assert.True(found > 3000);
    }

    [Fact]
    public void An_unreachable_route_never_wins()
    {
        var count = 0;

        s_table.Sample(
            routes =>
            {
                var table = RouteTable.Create(routes);
                var unreachable = table.FindUnreachable().Select(pair => pair.RouteId).ToList();
                Interlocked.Add(ref count, unreachable.Count);
                foreach (var (client, port) in unreachable.Count == 0 ? [] : s_clients.SelectMany(client => (int[])[1, 2, 3, 4, 5, 6, 65535], (client, port) => (client, port)))
                    Assert.DoesNotContain(table.Match(Facts(Hello("a.b"), client, port: port), noMoreBytes: false).Text(), unreachable);
            },
            iter: 1000, print: RandomRoutes.Print);

        Assert.True(count > 300);
    }

    [Fact]
    public void A_client_without_an_address_takes_what_asks_for_none() =>
        Assert.Equal("rest", Match(new ConnectionFacts { LocalPort = 443 }, Route("a", new L4Match { ClientAddresses = ["0.0.0.0/0", "::/0"] }), Route("rest")).Text());

    [Fact]
    public void A_long_list_of_ranges_and_ports_in_many_sections_are_found_too()
    {
        var ranges = Enumerable.Range(0, 200).Select(i => $"10.0.{i}.0/24").ToArray();
        RouteModel[] routes =
        [
            Route("long", new L4Match { ClientAddresses = ranges }), Route("one", new L4Match { ClientAddresses = ["10.0.7.7"], Alpn = ["x"] }),
            Route("wide", new L4Match { LocalPorts = ["1-1000"] }), .. Enumerable.Range(1, 400).Select(i => Route($"port{i}", new L4Match { LocalPorts = [$"{2 * i}"], Alpn = ["x"] })),
        ];

        Assert.Equal("long", Match(Facts(Hello("a"), "10.0.199.1"), routes).Text());
        Assert.Equal("one", Match(Facts(Hello("a", "x"), "10.0.7.7"), routes).Text());
        Assert.Equal("wide", Match(Facts(Hello("a"), "10.1.0.1", port: 999), routes).Text());
        Assert.Equal("port400", Match(Facts(Hello("a", "x"), "10.1.0.1", port: 800), routes).Text());
        Assert.Equal("None", Match(Facts(Hello("a"), "10.1.0.1", port: 1001), routes).Text());
    }

    [Fact]
    public void Many_routes_that_differ_only_by_address_are_found_and_nothing_is_allocated()
    {
        var table = RouteTable.Create(
        [
            .. Enumerable.Range(0, 20_000).Select(i => Route($"r{i}", new L4Match { ClientAddresses = [$"10.{i >> 16}.{(i >> 8) & 255}.{i & 255}"] })),
            .. Enumerable.Range(0, 1000).Select(i => Route($"p{i}", new L4Match { LocalPorts = [$"{10_000 + (10 * i)}-{10_009 + (10 * i)}"] })),
            Route("rest"),
        ]);
        var facts = Enumerable.Range(0, 20_000).Select(i => Facts(client: $"10.{i >> 16}.{(i >> 8) & 255}.{i & 255}")).ToArray();

        for (var i = 0; i < facts.Length; i++)
            Assert.Equal($"r{i}", table.Match(facts[i], noMoreBytes: false).Text());
        Assert.Equal("p123", table.Match(Facts(client: "192.0.2.1", port: 11_235), noMoreBytes: false).Text());
        Assert.Equal("rest", table.Match(Facts(client: "192.0.2.1", port: 20_000), noMoreBytes: false).Text());
        Assert.Equal(0, Allocated.By(() => table.Match(facts[777], noMoreBytes: false), times: 100));
    }

    [Fact]
    public void Among_many_a_route_that_another_covers_is_found()
    {
        RouteModel[] routes =
        [
            .. Enumerable.Range(0, 5000).Select(i => Route($"r{i:d4}", new L4Match { ClientAddresses = [$"10.0.{i >> 8}.{i & 255}"] })),
            Route("late", new L4Match { ClientAddresses = ["10.0.3.3", "10.0.3.3/32"] }, order: 1),
            Route("wide", new L4Match { ClientAddresses = ["10.1.0.0/16"] }, order: -1), Route("narrow", new L4Match { ClientAddresses = ["10.1.2.0/24", "10.1.3.0/24"] }),
            Route("ports", new L4Match { LocalPorts = ["100-200"] }, order: -1), Route("port", new L4Match { LocalPorts = ["150-160", "170"], ClientAddresses = ["10.9.9.9"] }),
        ];

        Assert.Equal([("late", "r0771"), ("narrow", "wide"), ("port", "ports")], RouteTable.Create(routes).FindUnreachable().OrderBy(pair => pair.RouteId, StringComparer.Ordinal));
    }

    /// <summary>Nothing of the product but the precedence.</summary>
    private static string? TryInOrder(RouteModel[] routes, ConnectionFacts facts) => routes
        .OrderBy(route => route.Config.Order).ThenByDescending(route => route.Config.Match!.Sni switch { ["a.b"] => 2, ["*"] => 1, _ => 0 })
        .ThenByDescending(route => (route.Config.Match!.Sni is null ? 0 : 1) + (route.Config.Match.ClientAddresses is null ? 0 : 1) + (route.Config.Match.LocalPorts is null ? 0 : 1))
        .ThenBy(route => route.Id, StringComparer.Ordinal)
        .FirstOrDefault(route => Holds(route.Config.Match!, facts))?.Id;

    private static bool Holds(L4Match match, ConnectionFacts facts) =>
        match.ClientAddresses?.Any(range => Contains(range, facts.ClientAddress!)) != false
        && match.LocalPorts?.Any(range => range.Split('-').Select(int.Parse).ToArray() is var ends && facts.LocalPort >= ends[0] && facts.LocalPort <= ends[^1]) != false;

    /// <summary>An IPv4 address inside IPv6 is the IPv4 address, in a range as in a client's.</summary>
    private static bool Contains(string range, IPAddress client)
    {
        var address = client.IsIPv4MappedToIPv6 ? client.MapToIPv4() : client;
        var network = IPNetwork.Parse(range.Contains('/', StringComparison.Ordinal) ? range : $"{range}/{(range.Contains(':', StringComparison.Ordinal) ? 128 : 32)}");
        return network.BaseAddress.IsIPv4MappedToIPv6 && network.PrefixLength >= 96
            ? new IPNetwork(network.BaseAddress.MapToIPv4(), network.PrefixLength - 96).Contains(address)
            : network.Contains(address);
    }
}
