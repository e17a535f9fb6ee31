namespace L4Proxy.Prefaces.Http;

/// <summary>What a plaintext HTTP client asks for first, of HTTP/1 and HTTP/2 alike; nothing in it is authenticated.</summary>
/// <param name="Host">The host as <see cref="HttpHost"/> reads it, without a port: a name, or an address, one of IPv6 in brackets. Null where none is named.</param>
/// <param name="Path">The beginning of the path as <see cref="HttpPath"/> reads it. Null where there is none, as of <c>CONNECT</c>.</param>
/// <param name="Fault">
/// Why neither is there: one of a few texts, none of it the client's. It is no request that all servers would understand alike, and what is
/// behind us could see another host in it than we do.
/// </param>
internal sealed record HttpRequest(string? Host, string? Path, string? Fault = null)
{
    /// <summary>One in which nothing can be read.</summary>
    public static HttpRequest Unreadable(string fault) => new(null, null, fault);
}
