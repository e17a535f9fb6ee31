namespace L4Proxy.Peers.Tests;

/// <summary>Tests that measure time run alone, after all others.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TimedTests
{
    public const string Name = "Timed";
}
