namespace L4Proxy.Configuration;

/// <summary>A snapshot, and what its provider is called in messages.</summary>
internal sealed record ProvidedConfig(string Source, L4ConfigSnapshot Snapshot);
