namespace L4Proxy;

/// <summary>
/// A condition of the application's: registered in its services, named by <c>Custom</c> of a route's <c>Match</c>. Of TCP connections only.
/// </summary>
/// <example>
/// <code>services.AddSingleton&lt;IL4ConnectionMatcher, FeatureMatcher&gt;();</code>
/// </example>
public interface IL4ConnectionMatcher
{
    /// <summary>What <c>Custom</c> calls it, in any case. It must not be empty, nor be another matcher's name.</summary>
    string Name { get; }

    /// <summary>
    /// Whether the route takes the connection, as far as this is its to say. It is asked when every other condition of the route holds and no better route can
    /// win any more, once for each time that the route names it. It is called for many at once, on the thread pool, and may wait: nothing but the connection is
    /// held up.
    /// </summary>
    /// <param name="context">The connection, and the settings of the route.</param>
    /// <param name="cancellationToken">
    /// Cancelled when the connection has ended (by a shutdown, for example), and when all matchers that were asked of the connection have taken as long together as
    /// <c>PrefaceTimeout</c> of the endpoint: then nobody waits any longer.
    /// </param>
    /// <returns>Whether it does. If it throws or takes too long, that is no, and a warning is logged.</returns>
    ValueTask<bool> MatchesAsync(L4ConnectionMatcherContext context, CancellationToken cancellationToken);

    /// <summary>Checks the settings that a route gives it, when a configuration is loaded. Must neither wait nor keep anything.</summary>
    /// <param name="settings">Those below its name in <c>Custom</c>.</param>
    /// <returns>What is wrong with them, each an error of the configuration; nothing where they are right.</returns>
    IEnumerable<string> Validate(IReadOnlyDictionary<string, string> settings) => [];
}
