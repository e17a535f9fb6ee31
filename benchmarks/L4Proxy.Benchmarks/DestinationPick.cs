using BenchmarkDotNet.Attributes;
using L4Proxy.Configuration;
using L4Proxy.Destinations;
using L4Proxy.Destinations.LoadBalancing;
using L4Proxy.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;

namespace L4Proxy.Benchmarks;

/// <summary>What does the choice of a destination cost a connection, by each policy, and how does it grow with the number of destinations?</summary>
/// <remarks>Nothing was tried and nothing changes: what nearly every connection has. Weights are 1, 2 and 3 in turn; a round of 1000 fits into the processor's caches, which other work will have emptied in practice.</remarks>
[MemoryDiagnoser]
public class DestinationPick
{
    private readonly PickedFor _session = new();
    private DestinationPicker _picker = null!;

    [Params("RoundRobin", "Random", "PowerOfTwoChoices", "LeastConnections", "Hash", "Maglev", "First")]
    public string Policy { get; set; } = "";

    [Params(1, 10, 1_000)]
    public int Destinations { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _picker = PickerOf(Policy, Destinations);
        var picked = Enumerable.Range(0, 100_000).Select(_ => PickOf(_picker, default, _session).Id).Distinct().Count();
        if (picked != (Policy is "First" or "Hash" or "Maglev" ? 1 : Destinations))
            throw new InvalidOperationException($"{picked} of {Destinations} are picked.");
    }

    [Benchmark]
    public object Next() => PickOf(_picker, default, _session);

    internal static DestinationPicker PickerOf(string policy, int count)
    {
        var cluster = new ClusterState("cluster");
        if (!DestinationAddress.TryParse("127.0.0.1:80", out var address, out var error))
            throw new InvalidOperationException(error);
        var destinations = Enumerable.Range(0, count).Select(i => new DestinationModel
        {
            Id = $"d{i}", Index = i, Address = address, Weight = 1 + (i % 3), Enabled = true, State = new(cluster) { Enabled = true },
        }).ToArray();
        var policies = new LoadBalancingPolicies(
            [], TimeProvider.System, new PerSecondLimit(TimeProvider.System, 10), NullLogger<LoadBalancingPolicies>.Instance);
        return new(destinations, cluster, policies.Create(policy, new(cluster, new L4Cluster(), destinations))!);
    }

    internal static DestinationModel PickOf(DestinationPicker picker, in TriedDestinations tried, PickedFor session)
    {
        var picking = picker.NextAsync(tried, session, now: 0);
        return picking.IsCompletedSuccessfully && picking.Result is { } picked ? picked : throw new InvalidOperationException("None, or not at once.");
    }
}
