using System.Net;
using BenchmarkDotNet.Attributes;
using L4Proxy.Configuration;
using L4Proxy.Prefaces;
using L4Proxy.Routing;

namespace L4Proxy.Benchmarks;

/// <summary>Does the number of SNI routes change what a look-up costs?</summary>
/// <remarks>
/// Half of the routes are exact names, half are <c>*.suffix</c>; one route takes the rest. Each operation looks up 8 names,
/// the same in every table size: "hot", so that the table's own cost is seen and not that of a cold cache.
/// <see cref="Spread"/> looks up 8 others each time, from all over the table: what is no longer in the processor's cache
/// must be fetched from memory, which no table of this size avoids.
/// </remarks>
[MemoryDiagnoser]
[MinColumn]
public class RouteLookup
{
    internal const int NamesPerOperation = 8;

    private RouteTable _table = RouteTable.Create([]);
    private ConnectionFacts[] _hot = [];
    private ConnectionFacts[] _spread = [];
    private int _next;

    [Params(10, 1_000, 100_000)]
    public int Routes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var half = Routes / 2;
        _table = RouteTable.Create(
        [
            .. Enumerable.Range(0, half).Select(i => Route($"exact{i}", $"host{i}.example.com")),
            .. Enumerable.Range(0, half).Select(i => Route($"suffix{i}", $"*.zone{i}.example.org")),
            new RouteModel { Id = "rest", Config = new L4Route() },
        ]);
        _hot =
        [
            Facts("host0.example.com"), Facts("host1.example.com"), Facts("host4.example.com"), Facts("nowhere.example.com"),
            Facts("a.zone0.example.org"), Facts("a.b.zone1.example.org"), Facts("c.zone4.example.org"), Facts("d.elsewhere.example.org"),
        ];
        string[] expected = ["exact0", "exact1", "exact4", "rest", "suffix0", "suffix1", "suffix4", "rest"];
        if (!_hot.Select(facts => Find(facts)?.Id).SequenceEqual(expected))
            throw new InvalidOperationException("The table does not find what it should.");

        var random = new Random(1);
        _spread = [.. Enumerable.Range(0, Math.Max(Routes, NamesPerOperation)).Select(_ => random.Next(half)).Select(i =>
            Facts(random.Next(2) == 0 ? $"host{i}.example.com" : $"a.zone{i}.example.org"))];
    }

    [Benchmark(OperationsPerInvoke = NamesPerOperation)]
    public int Hot() => Sum(_hot);

    [Benchmark(OperationsPerInvoke = NamesPerOperation)]
    public int Spread()
    {
        _next = _next + (2 * NamesPerOperation) > _spread.Length ? 0 : _next + NamesPerOperation;
        return Sum(_spread.AsSpan(_next, NamesPerOperation));
    }

    private int Sum(ReadOnlySpan<ConnectionFacts> connections)
    {
        var sum = 0;
        foreach (ref readonly var facts in connections)
            sum += Find(facts)!.Id.Length;
        return sum;
    }

    private RouteModel? Find(in ConnectionFacts facts) => _table.Match(facts, noMoreBytes: false).Route;

    private static RouteModel Route(string id, string name) =>
        new() { Id = id, Config = new L4Route { Match = new L4Match { Sni = [name] } } };

    private static ConnectionFacts Facts(string name) => new()
    {
        ClientAddress = IPAddress.Loopback,
        LocalAddress = IPAddress.Loopback,
        LocalPort = 443,
        Preface = new PrefaceInfo
        {
            Recognised = PrefaceParsers.Tls,
            RuledOut = ~PrefaceParsers.Tls,
            Content = new ClientHello { ServerName = name },
        },
    };
}
