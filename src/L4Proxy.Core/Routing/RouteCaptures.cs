namespace L4Proxy.Routing;

/// <summary>What the pattern that chose a route captured from the server name. The default captures nothing.</summary>
internal readonly struct RouteCaptures
{
    private readonly string? _serverName;
    private readonly ServerNamePattern? _pattern;
    private readonly SniRegexPattern? _regex;

    /// <summary>Captures of a name pattern.</summary>
    public RouteCaptures(ServerNamePattern pattern, string serverName) => (_pattern, _serverName) = (pattern, serverName);

    /// <summary>Captures of a regular expression.</summary>
    public RouteCaptures(SniRegexPattern regex, string serverName) => (_regex, _serverName) = (regex, serverName);

    /// <summary>The value of a capture; may hold several labels.</summary>
    public bool TryGet(string captureName, out ReadOnlySpan<char> value)
    {
        if (_pattern is not null)
            return _pattern.TryCapture(_serverName, captureName, out value);
        if (_regex is not null && _serverName is not null)
            return _regex.TryCapture(_serverName, captureName, out value);
        value = default;
        return false;
    }
}
