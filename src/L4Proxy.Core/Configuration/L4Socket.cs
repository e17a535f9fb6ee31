namespace L4Proxy.Configuration;

/// <summary>The sockets to destinations.</summary>
public sealed record L4Socket
{
    /// <summary>Source addresses, taken in turn; each gives about 28000 more connections to one destination.</summary>
    /// <value>Default: the system's choice.</value>
    public IReadOnlyList<string>? LocalAddresses { get; init; }

    /// <summary>Silence after which TCP keep-alive probes the destination (<c>TCP_KEEPIDLE</c>).</summary>
    /// <value>Duration, 1 second to 09:06:07 (32767 seconds, the kernel's most); 0 is off. Default: 1 minute.</value>
    public TimeSpan? KeepAlive { get; init; }

    /// <summary>How long sent bytes may stay unacknowledged before the connection is given up (<c>TCP_USER_TIMEOUT</c>, RFC 5482; Linux).</summary>
    /// <value>Duration, 1 millisecond to 1 day; 0 is the system's. Default: the system's.</value>
    public TimeSpan? UserTimeout { get; init; }

    /// <summary>Which addresses of a name are used.</summary>
    /// <value><c>Any</c>, <c>IPv4</c> or <c>IPv6</c>. Default: <c>Any</c>.</value>
    public L4AddressFamily? AddressFamily { get; init; }

    /// <summary><c>SO_RCVBUF</c> of the sockets to destinations; for TCP it turns the kernel's own tuning off. Each UDP flow has a socket of its own.</summary>
    /// <value>Bytes, 1024 to 1073741824. Default: the system's; for UDP 1 MiB, as far as <c>net.core.rmem_max</c> lets.</value>
    public int? ReceiveBuffer { get; init; }

    /// <summary><c>SO_SNDBUF</c> of the sockets to destinations; for TCP it turns the kernel's own tuning off.</summary>
    /// <value>Bytes, 1024 to 1073741824. Default: the system's.</value>
    public int? SendBuffer { get; init; }
}
