using BenchmarkDotNet.Attributes;
using L4Proxy.Transport;
using L4Proxy.Udp;

namespace L4Proxy.Benchmarks;

/// <summary>What does the table of UDP flows cost a datagram, and does the number of flows change it?</summary>
/// <remarks>Each operation handles 8 flows from all over the table: with many flows the processor's cache has to fetch them.</remarks>
[MemoryDiagnoser]
[MinColumn]
public class SessionTableWork
{
    private const int FlowsPerOperation = 8;

    private SessionTable<Flow> _table = new();
    private SessionKey[] _keys = [];
    private Flow[] _come = [];
    private int _next;
    private long _now;

    [Params(10, 1_000, 16_000)]
    public int Flows { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _table = new();
        _keys = [.. Enumerable.Range(0, Flows).Select(KeyOf)];
        foreach (var key in _keys)
        {
            if (!_table.TryAdd(new Flow(key), _now))
                throw new InvalidOperationException("The flow was not added.");
        }
        _come = [.. Enumerable.Range(Flows, FlowsPerOperation).Select(i => new Flow(KeyOf(i)))];
    }

    /// <summary>The client's datagram on a flow that is there.</summary>
    [Benchmark(OperationsPerInvoke = FlowsPerOperation, Baseline = true)]
    public int Find()
    {
        var found = 0;
        for (var i = 0; i < FlowsPerOperation; i++)
            found += _table.Find(_keys[Next()], _now) is null ? 0 : 1;
        return found;
    }

    /// <summary>The same, each at a new time: the flow moves to the end of the idle order.</summary>
    [Benchmark(OperationsPerInvoke = FlowsPerOperation)]
    public int FindLater()
    {
        var found = 0;
        for (var i = 0; i < FlowsPerOperation; i++)
            found += _table.Find(_keys[Next()], ++_now) is null ? 0 : 1;
        return found;
    }

    /// <summary>A flow that comes and goes; the flow itself is not counted.</summary>
    [Benchmark(OperationsPerInvoke = FlowsPerOperation)]
    public int AddAndRemove()
    {
        var gone = 0;
        foreach (var flow in _come)
            gone += _table.TryAdd(flow, _now) && _table.Remove(flow) ? 1 : 0;
        return gone;
    }

    // A prime step: neither neighbours in memory nor in the order of use.
    private int Next() => _next = (_next + 7919) % _keys.Length;

    private static SessionKey KeyOf(int client) => new(
        DatagramAddress.FromV4([10, (byte)(client >> 16), (byte)(client >> 8), (byte)client], 4000),
        DatagramAddress.FromV4([127, 0, 0, 1], 53));

    private sealed class Flow(in SessionKey key) : SessionEntry(key, idleTimeout: 60_000);
}
