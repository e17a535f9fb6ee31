using Aspire.Hosting.ApplicationModel;

namespace L4Proxy.Aspire.Gateway;

/// <summary>That a resource is a gateway, and what the verbs have said of it so far.</summary>
internal sealed class GatewayAnnotation : IResourceAnnotation
{
    public List<GatewayRoute> Routes { get; } = [];

    /// <summary>The endpoints that verbs have made; others of HTTP are the application's, where Kestrel listens.</summary>
    public HashSet<string> OwnEndpoints { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The listener of its API; null is none.</summary>
    public GatewayAdmin? Admin { get; set; }
}
