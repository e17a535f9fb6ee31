using BenchmarkDotNet.Attributes;
using L4Proxy.Configuration;
using L4Proxy.Routing;

namespace L4Proxy.Benchmarks;

/// <summary>What does a reload pay for its route table?</summary>
[MemoryDiagnoser]
[MinColumn]
public class RouteTableBuild
{
    [Params(1_000, 10_000, 100_000)]
    public int Routes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        if (Search() != 0)
            throw new InvalidOperationException("Every route here can be reached.");
    }

    [Benchmark(Baseline = true)]
    public object Build() => RouteTable.Create(Models());

    [Benchmark]
    public int Search() => RouteTable.Create(Models()).FindUnreachable().Count;

    private RouteModel[] Models() =>
    [
        .. Enumerable.Range(0, Routes).Select(i => new RouteModel
        {
            Id = $"r{i}",
            Config = new L4Route { Match = new L4Match { Sni = [i % 2 == 0 ? $"host{i}.example.com" : $"*.zone{i}.example.org"] } },
        }),
    ];
}
