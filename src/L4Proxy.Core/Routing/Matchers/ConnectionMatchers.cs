namespace L4Proxy.Routing.Matchers;

/// <summary>The application's matchers, by name.</summary>
internal sealed class ConnectionMatchers
{
    private readonly Dictionary<string, IL4ConnectionMatcher> _byName = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Those that are registered.</summary>
    /// <exception cref="InvalidOperationException">A name is empty or there twice.</exception>
    public ConnectionMatchers(IEnumerable<IL4ConnectionMatcher> matchers)
    {
        foreach (var matcher in matchers)
        {
            if (string.IsNullOrWhiteSpace(matcher.Name))
                throw new InvalidOperationException($"The connection matcher {matcher.GetType()} has no name.");
            if (!_byName.TryAdd(matcher.Name, matcher))
                throw new InvalidOperationException($"There are two connection matchers called '{matcher.Name}'; one is {matcher.GetType()}.");
        }
    }

    /// <summary>None.</summary>
    public static ConnectionMatchers None { get; } = new([]);

    /// <summary>What they are called.</summary>
    public IReadOnlyCollection<string> Names => _byName.Keys;

    /// <summary>The one of a name, in any case.</summary>
    public IL4ConnectionMatcher? Find(string name) => _byName.GetValueOrDefault(name);
}
