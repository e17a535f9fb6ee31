namespace L4Proxy.Taps;

/// <summary>How much a tap takes.</summary>
/// <param name="Sessions">So many connections and flows.</param>
/// <param name="Bytes">So many bytes of what they say.</param>
internal sealed record TapLimits(int Sessions, long Bytes);
