namespace L4Proxy.Transport;

/// <summary>What a listening socket received.</summary>
/// <param name="Length">The datagram's own length in bytes, also where the buffer was shorter; 0 is a datagram too.</param>
/// <param name="Truncated">Whether the buffer was shorter: what is in it is a part.</param>
/// <param name="Client">Who sent it.</param>
/// <param name="Local">The address of this machine that it was sent to, which replies must come from.</param>
internal readonly record struct DatagramInfo(int Length, bool Truncated, DatagramAddress Client, DatagramAddress Local);
