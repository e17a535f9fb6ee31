namespace L4Proxy.Destinations.NameServers;

/// <summary>No name server said anything of a name.</summary>
internal sealed class NameServerException(string message) : Exception(message);
