using System.Net;

namespace L4Proxy.Configuration;

/// <summary>Where Kestrel listens by its configuration for one of its endpoints, by that one's name; empty where it has none.</summary>
internal delegate IReadOnlyList<IPEndPoint> KestrelPlaces(string name);
