using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace L4Proxy.Aspire.Gateway;

/// <summary>Where a target is, as the gateway's network sees it: host and port stay references until Aspire knows them.</summary>
internal static class UpstreamAddress
{
    /// <summary><c>host:port</c>; when it runs an IPv6 address gets its brackets, which Aspire's own HostAndPort does without.</summary>
    public static ReferenceExpression Of(EndpointReference target, DistributedApplicationExecutionContext context)
    {
        var (host, port) = (target.Property(EndpointProperty.Host), target.Property(EndpointProperty.Port));
        return context.IsPublishMode ? ReferenceExpression.Create($"{host}:{port}") : ReferenceExpression.Create($"{new BracketedHost(host)}:{port}");
    }

    private sealed class BracketedHost(EndpointReferenceExpression host) : IValueProvider, IManifestExpressionProvider, IValueWithReferences
    {
        public string ValueExpression => host.ValueExpression;

        public IEnumerable<object> References => [host];

        public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => GetValueAsync(new(), cancellationToken);

        public async ValueTask<string?> GetValueAsync(ValueProviderContext context, CancellationToken cancellationToken = default)
        {
            var text = await host.GetValueAsync(context, cancellationToken);
            return text is not null && text.Contains(':', StringComparison.Ordinal) && !text.StartsWith('[') ? $"[{text}]" : text;
        }
    }
}
