namespace L4Proxy.Peers.Tests.Import;

/// <summary>A connection of which two proxies are asked where it leads.</summary>
/// <param name="Port">The port that it comes to.</param>
/// <param name="Bytes">What it says first; nothing where it is silent.</param>
/// <param name="Expected">The backend; nothing where it is refused.</param>
/// <param name="From">The address that it comes from.</param>
internal sealed record ImportedClient(int Port, byte[] Bytes, string Expected, string From = "127.0.0.1");
