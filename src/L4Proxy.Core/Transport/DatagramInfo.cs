namespace L4Proxy.Transport;

/// <summary>Whose datagram a listening socket received.</summary>
/// <param name="Client">Who sent it.</param>
/// <param name="Local">The address of this machine that it was sent to, which replies must come from.</param>
internal readonly record struct DatagramInfo(DatagramAddress Client, DatagramAddress Local);
