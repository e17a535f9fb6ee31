namespace L4Proxy.Explaining.Captures;

/// <summary>A packet as it was captured.</summary>
/// <param name="LinkType">What it begins with: a number of the list at tcpdump.org/linktypes.html.</param>
/// <param name="Bytes">It, or as much of it as was kept.</param>
internal readonly record struct CapturedPacket(int LinkType, ReadOnlyMemory<byte> Bytes);
