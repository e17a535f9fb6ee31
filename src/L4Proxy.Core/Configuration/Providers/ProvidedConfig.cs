namespace L4Proxy.Configuration;

/// <summary>A snapshot, and what its provider is called in messages.</summary>
/// <param name="Source">That.</param>
/// <param name="Snapshot">The snapshot.</param>
/// <param name="Yields">Whether another one that gives the same id counts.</param>
/// <param name="Joins">Whether its routes are on endpoints of others that listen where its own do.</param>
/// <param name="IsFirm">Whether an object of it that is the same one says the same.</param>
internal sealed record ProvidedConfig(string Source, L4ConfigSnapshot Snapshot, bool Yields = false, bool Joins = false, bool IsFirm = false);
