using Microsoft.Extensions.Primitives;

namespace L4Proxy.Destinations.Resolution;

/// <summary>What one lookup of a name found out.</summary>
/// <typeparam name="T">What a name leads to.</typeparam>
/// <param name="After">What it leads to now, made of what it led to before; null where it is no name, or leads nowhere.</param>
internal sealed record LookupAnswer<T>(Func<T?, T?> After)
    where T : class
{
    /// <summary>Why it leads nowhere, where it does.</summary>
    public string Nothing { get; init; } = "The name has no address.";

    /// <summary>How long the answer holds; null where that was not said.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>The rest, which need not be waited for; never fails. Null where this is all.</summary>
    public Task<LookupAnswer<T>>? Rest { get; init; }

    /// <summary>Fires when it leads elsewhere; null where nobody says so.</summary>
    public IChangeToken? Changes { get; init; }
}
