using System.Buffers;
using L4Proxy.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace L4Proxy.Http;

/// <summary>
/// What is asked for, as destinations are told: what the client wrote. Kestrel decodes a path, all but <c>%2F</c>, so that of <c>%2F</c> and <c>%252F</c> nobody can tell afterwards
/// which one it was, and YARP takes it for the second.
/// </summary>
internal static class RequestTarget
{
    // A URI's, and some that clients send all the same; no control characters, blanks or fragments.
    private static readonly SearchValues<char> s_plain = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!\"$%&'()*+,-./:;<=>?@[]^_`{|}~");

    /// <summary>The client's target, where that and YARP's say the same; else YARP's.</summary>
    /// <param name="context">The request.</param>
    /// <param name="made">The URL that YARP has made of it.</param>
    /// <param name="begin">Where its path begins.</param>
    public static (ReadOnlyMemory<char> Text, bool IsRaw) AsWritten(HttpContext context, string made, int begin)
    {
        var raw = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        return raw.StartsWith('/') && raw.Contains('%') && !raw.AsSpan().ContainsAnyExcept(s_plain) && !HasDots(raw) && IsUnchanged(context, made.AsSpan(begin))
            ? (raw.AsMemory(), true)
            : (made.AsMemory(begin), false);
    }

    /// <summary>What a destination is asked for where a route changes paths: what is made of what the client wrote, or, where that is written otherwise than it is meant, of what Kestrel has read.</summary>
    /// <param name="context">The request.</param>
    /// <param name="rewrite">The changes.</param>
    /// <param name="asked">What the client wrote.</param>
    /// <param name="prefix">What was taken away at the front.</param>
    /// <returns>Null where there is none.</returns>
    public static string? Rewritten(HttpContext context, PathRewriting rewrite, in RequestUrl asked, out string prefix)
    {
        if (!asked.Target.AsSpan().ContainsAnyExcept(s_plain) && !HasDots(asked.Path))
        {
            var target = rewrite.TargetFor(asked, out prefix, out var isWhole);
            if (isWhole || !asked.Path.Contains('%', StringComparison.Ordinal))
                return target;
        }
        var read = RequestUtilities.MakeDestinationAddress("http://a", context.Request.Path, context.Request.QueryString).OriginalString["http://a".Length..];
        return rewrite.TargetFor(RequestUrl.Of(context.Request.IsHttps, asked.Authority, read), out prefix, out _);
    }

    // Of such a path Kestrel has made another one, by which the route was found, or the destination does.
    private static bool HasDots(string raw)
    {
        var path = raw.AsSpan(0, raw.IndexOf('?') is var end and >= 0 ? end : raw.Length);
        return path.Contains("/.", StringComparison.Ordinal) || path.Contains("%2f.", StringComparison.OrdinalIgnoreCase) || path.Contains("%2e", StringComparison.OrdinalIgnoreCase);
    }

    // No transform of the application's has made another one.
    private static bool IsUnchanged(HttpContext context, ReadOnlySpan<char> made) =>
        !context.Request.PathBase.HasValue && RequestUtilities.MakeDestinationAddress("http://a", context.Request.Path, context.Request.QueryString).OriginalString.AsSpan("http://a".Length).SequenceEqual(made);
}
