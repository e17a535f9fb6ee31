using BenchmarkDotNet.Running;
using L4Proxy.Benchmarks;

if (args is ["ratio"])
    RouteLookupRatio.Print();
else if (args is ["contention"])
    PickContention.Print();
else
    BenchmarkSwitcher.FromAssembly(typeof(RouteLookup).Assembly).Run(args);
