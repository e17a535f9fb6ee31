namespace L4Proxy.Transport;

/// <summary>Takes one datagram. Called on the socket's own thread; must not wait.</summary>
/// <param name="state">The receiver's own.</param>
/// <param name="datagram">All of it; may be empty. It is there for the time of the call.</param>
/// <param name="info">Whose it is.</param>
internal delegate void DatagramReceiver(object state, ReadOnlySpan<byte> datagram, in DatagramInfo info);
