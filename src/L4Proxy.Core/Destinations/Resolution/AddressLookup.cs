using System.Net;

namespace L4Proxy.Destinations.Resolution;

/// <summary>
/// Asks for a name's addresses once, without a cache. An answer without addresses or a
/// <see cref="System.Net.Sockets.SocketException"/> of <c>HostNotFound</c> or <c>NoData</c> is "no such name"; any other exception is
/// a failure to find out.
/// </summary>
internal delegate Task<IPAddress[]> AddressLookup(string host);
