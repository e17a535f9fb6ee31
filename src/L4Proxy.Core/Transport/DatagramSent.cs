namespace L4Proxy.Transport;

/// <summary>Hears what became of a datagram that was to be sent. Called on the socket's own thread; must not wait or send.</summary>
/// <param name="state">The sender's own.</param>
/// <param name="length">The datagram's length.</param>
/// <param name="status">What became of it.</param>
internal delegate void DatagramSent(object state, int length, DatagramStatus status);
