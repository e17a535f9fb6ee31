using System.Net;
using System.Threading.RateLimiting;
using L4Proxy.Http;
using L4Proxy.Kestrel;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;

namespace L4Proxy.Api;

/// <summary>Who may talk to the API: this machine, unless the application says otherwise by an authorization of its own.</summary>
internal sealed class ApiGuard(L4ProxyApiOptions options) : IDisposable
{
    private readonly bool _hasDefaultHosts = options.AllowedHosts.SequenceEqual(new L4ProxyApiOptions().AllowedHosts);
    private readonly TokenBucketRateLimiter _rate = new(new()
    {
        TokenLimit = options.MaxRequestsPerSecond,
        TokensPerPeriod = Math.Max(1, options.MaxRequestsPerSecond / 10),
        ReplenishmentPeriod = TimeSpan.FromMilliseconds(100),
        QueueLimit = 0,
    });

    /// <summary>Lets a request in, or says why not.</summary>
    /// <exception cref="ApiProblem">It is not let in.</exception>
    public void Check(HttpContext http)
    {
        var isAuthorized = IsAuthorized(http);
        if (!isAuthorized)
            CheckIsLocal(http);
        var host = AskedHost.NameOf(AskedHost.Of(http.Request)).ToString();
        // Who is let in from elsewhere asks for another host than this machine's.
        if (!(isAuthorized && _hasDefaultHosts) && !options.AllowedHosts.Contains("*") && !options.AllowedHosts.Contains(host, StringComparer.OrdinalIgnoreCase))
            throw Forbidden("The request is for a host that is not allowed (AllowedHosts).");
        if (http.Request.Headers.Origin is [{ Length: > 0 } origin, ..] && !IsAllowed(origin, http.Request))
            throw Forbidden("The page that asks is of an origin that is not allowed (AllowedOrigins).");
        if (IsForged(http.Request))
            throw Forbidden("The page that asks for a change is of another site (AllowedOrigins).");
        using var lease = _rate.AttemptAcquire();
        if (lease.IsAcquired)
            return;
        http.Response.Headers.RetryAfter = "1";
        throw new ApiProblem(StatusCodes.Status429TooManyRequests, $"More than {options.MaxRequestsPerSecond} requests a second.");
    }

    public void Dispose() => _rate.Dispose();

    // What authorization middleware has seen to.
    private static bool IsAuthorized(HttpContext http) => http.GetEndpoint()?.Metadata is { } metadata
        && (metadata.GetMetadata<IAuthorizeData>() is not null || metadata.GetMetadata<AuthorizationPolicy>() is not null) && metadata.GetMetadata<IAllowAnonymous>() is null;

    private static void CheckIsLocal(HttpContext http)
    {
        // Who is relayed to it by an endpoint of ours comes from here as well.
        if (http.Features.Get<HandedOverFeature>() is not null)
            throw Forbidden("The API is not served on an endpoint that L4Proxy shares: give it a listener of its own, or an authorization.");
        // A Unix socket has no address.
        if (http.Connection.RemoteIpAddress is { } address && !IPAddress.IsLoopback(ClientAddress.Unmap(address)!))
            throw Forbidden("The API is served to this machine alone, unless the application adds an authorization.");
    }

    // What a browser says of who sends it with the user's cookies; others say nothing. As Go's http.CrossOriginProtection, and OWASP's "Fetch Metadata".
    private bool IsForged(HttpRequest request) => !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method))
        && request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin" or "none") && !IsListed(request.Headers.Origin.ToString());

    private bool IsAllowed(string origin, HttpRequest request) => IsListed(origin)
        || string.Equals(origin, $"{request.Scheme}://{AskedHost.Of(request)}", StringComparison.OrdinalIgnoreCase);

    private bool IsListed(string origin) => options.AllowedOrigins.Contains("*") || options.AllowedOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase);

    private static ApiProblem Forbidden(string detail) => new(StatusCodes.Status403Forbidden, detail);
}
