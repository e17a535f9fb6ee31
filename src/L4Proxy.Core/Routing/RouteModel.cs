using L4Proxy.Configuration;

namespace L4Proxy.Routing;

/// <summary>A route as the table sees it.</summary>
internal sealed class RouteModel
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>As the user wrote it.</summary>
    public required L4Route Config { get; init; }

    /// <summary>Its <see cref="L4Route.Match"/>, compiled when first asked for and shared by the tables of its endpoints.</summary>
    /// <exception cref="ArgumentException">The validator would not have accepted the match.</exception>
    public ConnectionMatch Match => field ??= ConnectionMatch.Create(Config.Match);
}
