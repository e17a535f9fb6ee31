using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace L4Proxy.Http;

/// <summary>
/// What destinations are told of the client of a request: by its connection, after the PROXY header that came with it. What the client says of itself counts only
/// where it is trusted. The host stays the one that was asked for.
/// </summary>
internal sealed class ForwardedHeaders(HttpRoutes routes) : ITransformProvider
{
    public const string For = "X-Forwarded-For";
    public const string Proto = "X-Forwarded-Proto";
    public const string Host = "X-Forwarded-Host";
    public const string PathPrefix = "X-Forwarded-Prefix";
    public const string RealIp = "X-Real-IP";

    // What else is read somewhere as a proxy's word: all that begins so, and these.
    private const string Prefix = "X-Forwarded-";
    private static readonly string[] s_others = ["Forwarded", RealIp, "X-Client-IP", "X-Cluster-Client-IP", "True-Client-IP"];

    public void ValidateRoute(TransformRouteValidationContext context)
    {
    }

    public void ValidateCluster(TransformClusterValidationContext context)
    {
    }

    public void Apply(TransformBuilderContext context)
    {
        if (!HttpRouteMapper.IsOurs(context.Route))
            return;
        context.UseDefaultForwarders = false;
        context.AddOriginalHost(true);
        context.RequestTransforms.Add(new Transform(routes));
    }

    private sealed class Transform(HttpRoutes routes) : RequestTransform
    {
        public override ValueTask ApplyAsync(RequestTransformContext context)
        {
            var http = context.HttpContext;
            HopByHopHeaders.Remove(context);
            var asked = AskedHost.Of(http.Request);
            if (context.ProxyRequest.Headers.Host != asked)
                context.ProxyRequest.Headers.Host = asked;
            var client = ClientAddress.Of(http.Connection);
            if (client is not null && routes.Current.Snapshot.ForwardersTrusted.Contains(client))
                Add(context, http, client.ToString());
            else
                Replace(context, http, client?.ToString());
            if (http.Features.Get<HttpCall>() is { Prefix: { Length: > 0 } prefix })
            {
                RemoveHeader(context, PathPrefix);
                AddHeader(context, PathPrefix, prefix);
            }
            return default;
        }

        private static void Replace(RequestTransformContext context, HttpContext http, string? client)
        {
            RemoveProxysWords(context, http);

            if (client is not null)
            {
                AddHeader(context, For, client);
                AddHeader(context, RealIp, client);
            }

            AddHeader(context, Proto, http.Request.Scheme);
            AddHeader(context, Host, context.ProxyRequest.Headers.Host ?? "");
        }

        /// <summary>Of those that were taken over, which are looked through at no cost.</summary>
        private static void RemoveProxysWords(RequestTransformContext context, HttpContext http)
        {
            List<string>? found = null;
            foreach (var (name, _) in context.ProxyRequest.Headers.NonValidated)
            {
                if (IsProxysWord(name) && http.Request.Headers.ContainsKey(name))
                    (found ??= []).Add(name);
            }
            if (found is null)
                return;
            foreach (var name in found)
                RemoveHeader(context, name);
        }

        // Most begin with another letter. With underscores it is the same to a server that makes variables of headers (RFC 3875 section 4.1.18).
        private static bool IsProxysWord(string name)
        {
            if (name is not ['X' or 'x' or 'F' or 'f' or 'T' or 't', ..])
                return false;
            name = name.Replace('_', '-');
            return name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) || s_others.Contains(name, StringComparer.OrdinalIgnoreCase);
        }

        private static void Add(RequestTransformContext context, HttpContext http, string client)
        {
            var before = http.Request.Headers[For];
            RemoveHeader(context, For);
            AddHeader(context, For, before.Count == 0 ? client : $"{string.Join(", ", before.ToArray())}, {client}");
            SetMissing(context, http, RealIp, FirstOf(before) ?? client);
            SetMissing(context, http, Proto, http.Request.Scheme);
            SetMissing(context, http, Host, AskedHost.Of(http.Request));
        }

        private static string? FirstOf(StringValues values) => values.Count == 0 ? null : values[0]?.Split(',')[0].Trim();

        private static void SetMissing(RequestTransformContext context, HttpContext http, string name, string? value)
        {
            if (!http.Request.Headers.ContainsKey(name))
                AddHeader(context, name, value);
        }
    }
}
