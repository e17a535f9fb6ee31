using System.Net;

namespace L4Proxy.Kestrel;

/// <summary>One of Kestrel's listening sockets, and by which names the configuration may speak of it.</summary>
/// <param name="Requested">The address that Kestrel asked for; port 0 where any would do.</param>
/// <param name="Bound">The address it got.</param>
/// <param name="EndpointId">The id that code has given it with <c>UseL4Proxy</c>, or null.</param>
/// <param name="KestrelNames">Its names under <c>Kestrel:Endpoints</c>, compared without case; mostly one or none.</param>
/// <param name="InnerEndpointId">The id that code has given to what TLS carries there, with <c>UseL4Proxy</c> after <c>UseHttps</c>, or null.</param>
internal sealed record KestrelListener(
    EndPoint Requested, EndPoint Bound, string? EndpointId, IReadOnlyList<string> KestrelNames, string? InnerEndpointId = null);
