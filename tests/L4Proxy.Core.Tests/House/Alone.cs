namespace L4Proxy.Core.Tests.House;

/// <summary>Tests that count what the whole process holds, or fill it, run when no other does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "Alone";
}
