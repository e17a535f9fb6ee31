using System.Net;

namespace L4Proxy;

/// <summary>Who may talk to the admin API, and how much.</summary>
public sealed class L4ProxyApiOptions
{
    /// <summary>
    /// Hosts that a request may be for, by its <c>Host</c>, without a port: a page that a browser of this machine has open must not reach the API by a name of its own that leads here
    /// (DNS rebinding). <c>*</c> is any.
    /// </summary>
    /// <value>Names and addresses, in any case. Default: <c>localhost</c>, <c>127.0.0.1</c> and <c>[::1]</c>.</value>
    public IList<string> AllowedHosts { get; } = ["localhost", "127.0.0.1", "[::1]"];

    /// <summary>Origins of pages whose scripts may call it (<c>Origin</c>, RFC 6454), as Caddy's <c>origins</c>. A request without one is no page's.</summary>
    /// <value>Such as <c>https://admin.example.com</c>, or <c>*</c> for any. Default: none but the API's own.</value>
    public IList<string> AllowedOrigins { get; } = [];

    /// <summary>
    /// Addresses of listeners that are the API's alone: a record does not lead anywhere there. Where it shares a listener with other requests, <see cref="AllowedHosts"/> are never led
    /// elsewhere.
    /// </summary>
    /// <value>Addresses with their ports; <c>0.0.0.0</c> and <c>::</c> are any of the port. Default: none.</value>
    public IList<IPEndPoint> Addresses { get; } = [];

    /// <summary>Names of internal services.</summary>
    public L4RecordsOptions Records { get; } = new();

    /// <summary>The longest body of a request; a longer one is 413.</summary>
    /// <value>Bytes, at least 1. Default: 16 MiB.</value>
    public long MaxRequestBodySize { get; set; } = 16 * 1024 * 1024;

    /// <summary>How many requests are served in a second, over all clients; those beyond are 429.</summary>
    /// <value>Requests, at least 1. Default: 1000.</value>
    public int MaxRequestsPerSecond { get; set; } = 1000;
}
