using System.Text;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace L4Proxy.Aspire.Gateway;

/// <summary>A route of a gateway, and the cluster of the same id that it leads to.</summary>
/// <param name="Id">Of the route and of the cluster.</param>
/// <param name="Kind">Which verb said it.</param>
/// <param name="EndpointName">The gateway's endpoint.</param>
/// <param name="Host">The name in TLS or of the HTTP requests; null of the others.</param>
/// <param name="Targets">Where to; never empty.</param>
/// <param name="Options">What else was said.</param>
internal sealed record GatewayRoute(string Id, RouteKind Kind, string EndpointName, string? Host, IReadOnlyList<EndpointReference> Targets, L4RouteOptions Options)
{
    /// <summary>The id of a route that was given none: letters, digits and hyphens, which every shell lets through as a variable's name.</summary>
    public static string DefaultId(string endpoint, string? host)
    {
        if (host is null)
            return endpoint;
        var id = new StringBuilder(endpoint);
        foreach (var label in host.Split('.'))
        {
            var text = label == "*" ? "any" : string.Concat(label.Where(c => char.IsAsciiLetterOrDigit(c) || c == '-'));
            if (text.Length > 0)
                id.Append('-').Append(text);
        }
        return id.ToString();
    }
}
