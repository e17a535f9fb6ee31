using L4Proxy.Configuration.Shapes;
using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Configuration;

/// <summary>The sockets to destinations.</summary>
public sealed record L4Socket
{
    /// <summary>
    /// Addresses of this machine to dial from, taken in turn; those of another family than the destination's address are left out. Each gives some
    /// 28000 connections and flows to one destination (<c>net.ipv4.ip_local_port_range</c>).
    /// </summary>
    /// <value>Default: the system's choice.</value>
    public IReadOnlyList<string>? LocalAddresses { get; init; }

    /// <summary>Silence after which TCP keep-alive probes the destination (<c>TCP_KEEPIDLE</c>).</summary>
    /// <value>Duration, 1 second to 09:06:07; 0 is off; 32767 seconds are the kernel's most. Default: 1 minute.</value>
    public TimeSpan? KeepAlive { get; init; }

    /// <summary>How long sent bytes may stay unacknowledged before the connection is given up (<c>TCP_USER_TIMEOUT</c>, RFC 5482; Linux).</summary>
    /// <value>Duration, 1 millisecond to 1 day; 0 is off; keep-alive gives up by it, too. Default: 0, and the system decides: Linux gives up after some 15 minutes.</value>
    public TimeSpan? UserTimeout { get; init; }

    /// <summary>Which addresses of a name are used: of destinations by host name.</summary>
    /// <value><c>Any</c>, <c>IPv4</c> or <c>IPv6</c>. Default: <c>Any</c>.</value>
    public L4AddressFamily? AddressFamily { get; init; }

    /// <summary><c>SO_RCVBUF</c> of the sockets to destinations; for TCP it turns the kernel's own tuning off. Each UDP flow has a socket of its own.</summary>
    /// <value>Bytes, 1024 to 1073741824. Default: the system's; for UDP 1 MiB, as far as <c>net.core.rmem_max</c> lets.</value>
    public int? ReceiveBuffer { get; init; }

    /// <summary><c>SO_SNDBUF</c> of the sockets to destinations; for TCP it turns the kernel's own tuning off.</summary>
    /// <value>Bytes, 1024 to 1073741824. Default: the system's.</value>
    public int? SendBuffer { get; init; }

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new L4Socket());

        public static readonly Key<L4Socket, IReadOnlyList<string>> LocalAddresses = new(Shape, TextList, r => r.LocalAddresses, (r, v) => r with { LocalAddresses = v })
            { Otherwise = "the system's choice" };
        public static readonly DefaultedKey<L4Socket, TimeSpan> KeepAlive = new(Shape, KeepAliveTime, TimeSpan.FromMinutes(1),
            r => r.KeepAlive, (r, v) => r with { KeepAlive = v }) { Note = "32767 seconds are the kernel's most" };
        public static readonly DefaultedKey<L4Socket, TimeSpan> UserTimeout = new(Shape, DurationOrOff("00:00:00.001", "1.00:00:00"), TimeSpan.Zero,
            r => r.UserTimeout, (r, v) => r with { UserTimeout = v })
            { Note = "keep-alive gives up by it, too", Otherwise = ", and the system decides: Linux gives up after some 15 minutes" };
        public static readonly DefaultedKey<L4Socket, L4AddressFamily> AddressFamily = new(Shape, new NameShape<L4AddressFamily>(), L4AddressFamily.Any,
            r => r.AddressFamily, (r, v) => r with { AddressFamily = v });
        public static readonly Key<L4Socket, int> ReceiveBuffer = new(Shape, BufferSize, r => r.ReceiveBuffer, (r, v) => r with { ReceiveBuffer = v })
            { Unit = "Bytes", Otherwise = "the system's; for UDP 1 MiB, as far as `net.core.rmem_max` lets" };
        public static readonly Key<L4Socket, int> SendBuffer = new(Shape, BufferSize, r => r.SendBuffer, (r, v) => r with { SendBuffer = v })
            { Unit = "Bytes", Otherwise = "the system's" };
    }
}
