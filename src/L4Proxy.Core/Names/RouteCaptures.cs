namespace L4Proxy.Names;

/// <summary>What the patterns that chose a route captured from the server name, or from the host of a request. The default captured nothing.</summary>
internal readonly struct RouteCaptures
{
    private readonly ServerNamePattern? _pattern;
    private readonly IReadOnlyList<SniRegexPattern>? _regexes;
    private readonly string? _name;

    /// <summary>Captures of a name that the pattern, and one of the regular expressions, if any, match.</summary>
    public RouteCaptures(ServerNamePattern? pattern, IReadOnlyList<SniRegexPattern>? regexes, string name)
    {
        _pattern = pattern;
        _regexes = regexes;
        _name = name;
    }

    /// <summary>The value of a capture; may hold several labels. The pattern's come before a regular expression's.</summary>
    public bool TryGet(string captureName, out ReadOnlySpan<char> value)
    {
        value = default;
        if (_name is null)
            return false;
        if (_pattern is not null && _pattern.TryCapture(_name, captureName, out value))
            return true;
        for (var i = 0; i < (_regexes?.Count ?? 0); i++)
        {
            if (_regexes![i].TryCapture(_name, captureName, out value))
                return true;
        }

        return false;
    }
}
