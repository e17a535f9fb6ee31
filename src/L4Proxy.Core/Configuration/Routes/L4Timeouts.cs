using L4Proxy.Configuration.Shapes;
using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Configuration;

/// <summary>Timeouts of proxied connections. None of them limits how long a busy connection may live but <see cref="MaxLifetime"/>.</summary>
public sealed record L4Timeouts
{
    /// <summary>
    /// To connect to one destination, all addresses of its name together (they are tried 250 ms apart, RFC 8305); each attempt has its
    /// own.
    /// </summary>
    /// <value>Duration, 1 millisecond to 10 minutes. Default: 5 seconds.</value>
    public TimeSpan? Connect { get; init; }

    /// <summary>Without a byte either way (where TLS ends here, inside of it; TCP keep-alives do not count), as nginx's <c>proxy_timeout</c>.</summary>
    /// <value>Duration, 1 millisecond to 24 days; 0 is off, and a peer that vanished is then found only by keep-alive. Default: 10 minutes; for UDP 1 minute.</value>
    public TimeSpan? Idle { get; init; }

    /// <summary>
    /// Without a byte once one side has closed, as HAProxy's <c>timeout client-fin</c>. It also cuts off a server that works for longer on
    /// its answer to a client that has sent its FIN; HAProxy and nginx wait as long as for any other.
    /// </summary>
    /// <value>Duration, 1 millisecond to 24 days; 0 is off, and then <see cref="Idle"/> goes on. Default: 1 minute.</value>
    public TimeSpan? HalfClosed { get; init; }

    /// <summary>Of a whole connection, busy or not, as Envoy's <c>max_downstream_connection_duration</c>.</summary>
    /// <value>Duration, 1 millisecond to 24 days; 0 is off. Default: 0.</value>
    public TimeSpan? MaxLifetime { get; init; }

    /// <summary>For a TLS handshake with a destination.</summary>
    /// <value>Duration, 1 millisecond to 10 minutes. Default: 10 seconds.</value>
    public TimeSpan? TlsHandshake { get; init; }

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new L4Timeouts());

        public static readonly DefaultedKey<L4Timeouts, TimeSpan> Connect = new(Shape, Duration("00:00:00.001", "00:10:00"), TimeSpan.FromSeconds(5),
            r => r.Connect, (r, v) => r with { Connect = v });
        /// <summary>The default of <see cref="Idle"/> for UDP, where a flow has no other end.</summary>
        public static readonly TimeSpan UdpIdle = TimeSpan.FromMinutes(1);
        public static readonly DefaultedKey<L4Timeouts, TimeSpan> Idle = new(Shape, DurationOrOff("00:00:00.001", "24.00:00:00"), TimeSpan.FromMinutes(10),
            r => r.Idle, (r, v) => r with { Idle = v })
            { Note = ", and a peer that vanished is then found only by keep-alive", Otherwise = $"; for UDP {UdpIdle.TotalMinutes} minute" };
        public static readonly DefaultedKey<L4Timeouts, TimeSpan> HalfClosed = new(Shape, DurationOrOff("00:00:00.001", "24.00:00:00"), TimeSpan.FromMinutes(1),
            r => r.HalfClosed, (r, v) => r with { HalfClosed = v }) { Note = ", and then `Idle` goes on" };
        public static readonly DefaultedKey<L4Timeouts, TimeSpan> MaxLifetime = new(Shape, DurationOrOff("00:00:00.001", "24.00:00:00"), TimeSpan.Zero,
            r => r.MaxLifetime, (r, v) => r with { MaxLifetime = v });
        public static readonly DefaultedKey<L4Timeouts, TimeSpan> TlsHandshake = new(Shape, Duration("00:00:00.001", "00:10:00"), TimeSpan.FromSeconds(10),
            r => r.TlsHandshake, (r, v) => r with { TlsHandshake = v });
    }
}
