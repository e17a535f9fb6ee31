namespace L4Proxy.Prefaces;

/// <summary>What an SSH client says it is.</summary>
/// <param name="Version">The version of the protocol, as <c>2.0</c>.</param>
/// <param name="Software">Its software, without comments, as <c>OpenSSH_9.2p1</c>.</param>
internal sealed record SshIdentification(string Version, string Software);
