using Yarp.ReverseProxy.Transforms;

namespace L4Proxy.Http;

/// <summary>Headers that the client's <c>Connection</c> names are of its connection alone, and no proxy passes them on (RFC 9110 section 7.6.1). YARP knows the usual ones.</summary>
internal static class HopByHopHeaders
{
    public static void Remove(RequestTransformContext context)
    {
        foreach (var value in context.HttpContext.Request.Headers.Connection)
        {
            foreach (var option in (value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                // These say something of the connection itself, and are seen to where that is made.
                if (option.ToLowerInvariant() is not ("keep-alive" or "close" or "upgrade" or "te" or "host"))
                    RequestTransform.RemoveHeader(context, option);
            }
        }
    }
}
