namespace L4Proxy.Destinations.Health;

/// <summary>The last probe of a destination that said something of it, for people.</summary>
/// <param name="At">When it ended.</param>
/// <param name="Took">How long it took.</param>
/// <param name="Failure">Why it failed: bounded, on one line; null where it did not.</param>
internal sealed record LastProbe(DateTimeOffset At, TimeSpan Took, string? Failure);
