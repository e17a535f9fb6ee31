using System.Net;

namespace L4Proxy.Destinations.Resolution;

/// <summary>Asks the system for a name's addresses, as <see cref="NameLookup{T}"/> does; none are "no such name".</summary>
internal delegate Task<IPAddress[]> AddressLookup(string host);
