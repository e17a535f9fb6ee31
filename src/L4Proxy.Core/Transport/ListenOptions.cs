namespace L4Proxy.Transport;

/// <summary>How a listening socket and the connections accepted from it are set up.</summary>
/// <param name="Backlog">Connections that the kernel queues.</param>
/// <param name="ReusePort">SO_REUSEPORT: another process may listen too.</param>
/// <param name="KeepAlive">TCP keep-alive time; zero is off.</param>
/// <param name="ReceiveBuffer">SO_RCVBUF in bytes; null is the system's.</param>
/// <param name="SendBuffer">SO_SNDBUF in bytes; null is the system's.</param>
/// <param name="IPv6Only">The IPv6 wildcard leaves IPv4 to another socket.</param>
/// <param name="Mode">Who may connect to a Unix domain socket; null is what the umask leaves.</param>
internal readonly record struct ListenOptions(
    int Backlog, bool ReusePort, TimeSpan KeepAlive, int? ReceiveBuffer, int? SendBuffer, bool IPv6Only = false, UnixFileMode? Mode = null);
