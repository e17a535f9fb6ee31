using L4Proxy.Configuration;

namespace L4Proxy.Routing;

/// <summary>A route as the table sees it.</summary>
internal sealed class RouteModel
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>As the user wrote it.</summary>
    public required L4Route Config { get; init; }
}
