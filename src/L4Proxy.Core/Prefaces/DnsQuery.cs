namespace L4Proxy.Prefaces;

/// <summary>What a DNS client asks for.</summary>
/// <param name="Name">The name, in lower case and without the dot at its end; <c>.</c> is the root.</param>
/// <param name="Type">The type of record, as <see cref="DnsTypes"/> call it.</param>
internal sealed record DnsQuery(string Name, string Type);
