using L4Proxy.Configuration;

namespace L4Proxy.Api.Ports;

/// <summary>An endpoint that listens on an address of its own.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Owner">Whose it is; null where it is not the store's.</param>
/// <param name="Url">What it listens on.</param>
/// <param name="Name">What it is called in messages.</param>
internal sealed record PortHolder(string Id, string? Owner, EndpointUrl Url, string Name);
