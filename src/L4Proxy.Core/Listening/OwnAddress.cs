using System.Net;

namespace L4Proxy.Listening;

/// <summary>An address that an own endpoint is to listen on.</summary>
/// <param name="Endpoint">The endpoint's id.</param>
/// <param name="EndPoint">The address bound, or where there is none the one asked for.</param>
/// <param name="Text">The same as a <c>Url</c>.</param>
/// <param name="Error">Why it cannot be bound; null where it is.</param>
internal sealed record OwnAddress(string Endpoint, EndPoint EndPoint, string Text, string? Error);
