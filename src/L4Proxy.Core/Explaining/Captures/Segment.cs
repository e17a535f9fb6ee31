using System.Net;

namespace L4Proxy.Explaining.Captures;

/// <summary>A segment of TCP or a datagram of UDP.</summary>
/// <param name="IsUdp">Which of them.</param>
/// <param name="Source">Who sent it.</param>
/// <param name="Destination">To whom.</param>
/// <param name="Payload">What it carries.</param>
/// <param name="Sequence">The number of the first byte of a segment; with SYN that comes before it.</param>
/// <param name="Opens">Whether it is a SYN without ACK: a client's first.</param>
internal sealed record Segment(bool IsUdp, IPEndPoint Source, IPEndPoint Destination, ReadOnlyMemory<byte> Payload, uint Sequence = 0, bool Opens = false);
