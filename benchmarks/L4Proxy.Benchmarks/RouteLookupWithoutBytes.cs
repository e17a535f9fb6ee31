using System.Globalization;
using System.Net;
using BenchmarkDotNet.Attributes;
using L4Proxy.Configuration;
using L4Proxy.Routing;

namespace L4Proxy.Benchmarks;

/// <summary>What does a look-up cost that needs nothing of the client's bytes, and does the number of routes change it?</summary>
/// <remarks>
/// The routes differ only by the client's address (/32 and a few /24), only by the port, or only by ranges of ten ports; one takes the rest. Each operation
/// looks up 8 connections, the same in every table size: "hot", as in <see cref="RouteLookup"/>. There are not 100 000 ports: on each are several routes
/// then, of which the first takes it. <see cref="Everything"/> is the table of an endpoint whose one route asks for nothing, whatever the size.
/// </remarks>
[MemoryDiagnoser]
[MinColumn]
public class RouteLookupWithoutBytes
{
    internal const int ConnectionsPerOperation = 8;
    private const int Ports = 50_000;
    private const int Ranges = 5_000;

    private RouteTable _byClient = RouteTable.Create([]);
    private RouteTable _byPort = RouteTable.Create([]);
    private RouteTable _byRange = RouteTable.Create([]);
    private RouteTable _everything = RouteTable.Create([]);
    private ConnectionFacts[] _clients = [];
    private ConnectionFacts[] _ports = [];
    private ConnectionFacts[] _ranges = [];

    [Params(10, 1_000, 100_000)]
    public int Routes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _byClient = Table(i => new L4Match { ClientAddresses = [i % 100 == 9 ? $"192.{i >> 16}.{(i >> 8) & 255}.0/24" : $"10.{i >> 16}.{(i >> 8) & 255}.{i & 255}"] });
        _byPort = Table(i => new L4Match { LocalPorts = [Text(1 + (i % Ports))] });
        _byRange = Table(i => new L4Match { LocalPorts = [$"{Text(1 + (i % Ranges * 10))}-{Text(10 + (i % Ranges * 10))}"] });
        _everything = RouteTable.Create([new RouteModel { Id = "rest", Config = new L4Route() }]);
        string[] addresses = ["10.0.0.0", "10.0.0.1", "10.0.0.2", "10.0.0.3", "192.0.0.7", "10.255.0.1", "2001:db8::1", "10.0.0.4"];
        _clients = [.. addresses.Select(address => Facts(address, 443))];
        _ports = [.. new[] { 1, 2, 3, 4, 5, 6, 65_000, 7 }.Select(port => Facts("192.0.2.1", port))];
        _ranges = [.. new[] { 1, 12, 23, 34, 45, 56, 65_000, 67 }.Select(port => Facts("192.0.2.1", port))];
        Verify(_byClient, _clients, ["r0", "r1", "r2", "r3", "r9", "rest", "rest", "r4"]);
        Verify(_byPort, _ports, ["r0", "r1", "r2", "r3", "r4", "r5", "rest", "r6"]);
        Verify(_byRange, _ranges, ["r0", "r1", "r2", "r3", "r4", "r5", "rest", "r6"]);
        if (!_byClient.Protocols.IsEmpty)
            throw new InvalidOperationException("No byte is to be waited for.");
    }

    [Benchmark(OperationsPerInvoke = ConnectionsPerOperation)]
    public int Client() => Sum(_byClient, _clients);

    [Benchmark(OperationsPerInvoke = ConnectionsPerOperation)]
    public int Port() => Sum(_byPort, _ports);

    [Benchmark(OperationsPerInvoke = ConnectionsPerOperation)]
    public int Range() => Sum(_byRange, _ranges);

    [Benchmark(OperationsPerInvoke = ConnectionsPerOperation, Baseline = true)]
    public int Everything() => Sum(_everything, _clients);

    private static int Sum(RouteTable table, ConnectionFacts[] connections)
    {
        var sum = 0;
        foreach (ref readonly var facts in connections.AsSpan())
            sum += table.Match(facts, noMoreBytes: false).Route!.Id.Length;
        return sum;
    }

    private static void Verify(RouteTable table, ConnectionFacts[] connections, string[] expected)
    {
        if (!connections.Select(facts => table.Match(facts, noMoreBytes: false).Route?.Id).SequenceEqual(expected))
            throw new InvalidOperationException("The table does not find what it should.");
    }

    // Of those on one port the first one has the lowest order.
    private RouteTable Table(Func<int, L4Match> match) => RouteTable.Create(
    [
        .. Enumerable.Range(0, Routes).Select(i => new RouteModel { Id = $"r{Text(i)}", Config = new L4Route { Match = match(i), Order = i } }),
        new RouteModel { Id = "rest", Config = new L4Route { Order = Routes } },
    ]);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static ConnectionFacts Facts(string client, int port) =>
        new() { ClientAddress = IPAddress.Parse(client), LocalAddress = IPAddress.Loopback, LocalPort = port };
}
