namespace L4Proxy.Destinations.Services;

/// <summary>One host that a service is at.</summary>
/// <param name="Host">A host name or an IP address's text.</param>
/// <param name="Port">1 to 65535.</param>
/// <param name="Priority">Those of a higher number are for when those of a lower one are not there.</param>
/// <param name="Weight">Its share among those of its priority; 0 is next to none, unless all have it.</param>
internal readonly record struct ServiceHost(string Host, int Port, int Priority = 0, int Weight = 0);
