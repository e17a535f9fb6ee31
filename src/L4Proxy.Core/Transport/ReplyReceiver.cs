namespace L4Proxy.Transport;

/// <summary>Takes one datagram of the destination's. Called on the socket's own thread; must not wait.</summary>
/// <param name="state">The receiver's own.</param>
/// <param name="datagram">All of it; may be empty. It is there for the time of the call.</param>
/// <returns>Whether more is wanted; if not, the socket is about to be closed.</returns>
internal delegate bool ReplyReceiver(object state, ReadOnlySpan<byte> datagram);
