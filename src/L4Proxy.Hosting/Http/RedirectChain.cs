using System.Globalization;
using L4Proxy.Requests;

namespace L4Proxy.Http;

/// <summary>
/// Where a client would come to that follows redirects, as far as that is to be seen here. One that would be sent on and on is not sent at all: there is no end to that, and no answer.
/// </summary>
/// <param name="published">The routes.</param>
/// <param name="came">The endpoint that the request came to.</param>
internal readonly struct RedirectChain(HttpRoutes.Published published, HttpRouteIndex came)
{
    private const int MaxHops = 8;
    private const string Http = "http://", Https = "https://";

    /// <summary>Where a client is sent; null where it stays.</summary>
    public string? UrlFor(Redirection redirect, RequestUrl asked)
    {
        var url = redirect.UrlFor(asked);
        var next = url;
        var at = asked;
        Span<int> seen = stackalloc int[MaxHops];
        for (var hop = 0; next is not null; hop++)
        {
            var to = Follow(at, next);
            if (IsSame(to, asked) || hop == MaxHops)
                return null;
            // Who comes there a second time stays there: it is that one that does not redirect then.
            seen[hop] = KeyOf(to);
            if (seen[..hop].Contains(seen[hop]))
                return url;
            if (IndexAt(to, asked) is not { } index)
                return url;
            // Of the connection nothing is known yet: whoever asks something of it is taken for one that leads away.
            var route = index.Find(to.Host, to.Path, to.Scheme == "https", default, hasEndedTls: true);
            next = route?.Requests?.Redirect?.UrlFor(to);
            at = to;
        }
        return url;
    }

    private static RequestUrl Follow(in RequestUrl from, string url)
    {
        if (url.StartsWith("//", StringComparison.Ordinal))
            url = $"{from.Scheme}:{url}";
        else if (url.StartsWith('/'))
            return RequestUrl.Of(from.Scheme == "https", from.Authority, url);
        var isTls = url.StartsWith(Https, StringComparison.OrdinalIgnoreCase);
        var begin = isTls ? Https.Length : Http.Length;
        var end = url.AsSpan(begin).IndexOfAny('/', '?', '#');
        var authority = end < 0 ? url[begin..] : url[begin..(begin + end)];
        return RequestUrl.Of(isTls, authority, end < 0 ? "/" : url[begin + end] == '/' ? url[(begin + end)..] : $"/{url[(begin + end)..]}");
    }

    private static bool IsSame(in RequestUrl one, in RequestUrl other) => one.Scheme == other.Scheme && PortOf(one) == PortOf(other)
        && one.Host.Equals(other.Host, StringComparison.OrdinalIgnoreCase) && UrlText.Encode(one.Target) == UrlText.Encode(other.Target);

    private static int KeyOf(in RequestUrl url) => HashCode.Combine(url.Scheme, PortOf(url), string.GetHashCode(url.Host, StringComparison.OrdinalIgnoreCase), UrlText.Encode(url.Target));

    /// <summary>The routes at a place: that of the request, or the endpoint that listens there; null where none is known to.</summary>
    private HttpRouteIndex? IndexAt(in RequestUrl to, in RequestUrl asked)
    {
        if (to.Scheme == asked.Scheme && PortOf(to) == PortOf(asked))
            return came;
        var port = PortOf(to);
        foreach (var endpoint in published.Snapshot.Endpoints.Values)
        {
            if (endpoint is { Url: { IsUdp: false } url } && port >= url.Ports.Low && port <= url.Ports.High && published.Indexes.TryGetValue(endpoint.Id, out var index))
                return index;
        }
        return null;
    }

    private static int PortOf(in RequestUrl url)
    {
        var text = url.Authority.AsSpan(url.Host.Length).TrimStart(':');
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : url.Scheme == "https" ? 443 : 80;
    }
}
