using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Traefik;

/// <summary>A router, a service or the like.</summary>
/// <param name="Name">Its name, without a provider's behind it.</param>
/// <param name="File">The file that it stands in.</param>
/// <param name="Source">What it says.</param>
internal sealed record TraefikItem(string Name, string File, SourceObject Source);
