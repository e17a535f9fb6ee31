namespace L4Proxy.Providers.Traefik.Rules;

/// <summary>Requests of a host, or of any, whose paths begin with a text, or all of them.</summary>
/// <param name="Host">The host as it is written here; null for any.</param>
/// <param name="Path">What the path begins with; null for all.</param>
internal readonly record struct HttpPlace(string? Host, string? Path)
{
    /// <summary>What is of both; null where nothing is.</summary>
    public HttpPlace? And(HttpPlace other)
    {
        var isOneHost = Host is null || other.Host is null || Host == other.Host;
        var (one, two) = (Path ?? "", other.Path ?? "");
        var longer = one.Length >= two.Length ? one : two;
        return isOneHost && longer.StartsWith(one.Length >= two.Length ? two : one, StringComparison.Ordinal)
            ? new(Host ?? other.Host, longer.Length == 0 ? null : longer)
            : null;
    }
}
