namespace L4Proxy.Aspire.Tests.Running;

/// <summary>One at a time: what runs an AppHost.</summary>
[CollectionDefinition(nameof(Orchestrated))]
public sealed class Orchestrated;
