using L4Proxy.Prefaces;
using L4Proxy.Prefaces.Quic;

namespace L4Proxy.Udp;

/// <summary>
/// What is known of a QUIC connection, for the flows that carry it one after the other as its client moves. <see cref="QuicConnections"/> guards what changes.
/// </summary>
/// <param name="preface">What its client said first: by this its route is chosen again wherever it comes from.</param>
internal sealed class QuicConnection(in PrefaceInfo preface)
{
    /// <summary>A server shows one or two, and a client may make several connections from one port.</summary>
    public const int MostIds = 4;

    private volatile DestinationWay? _way;

    public PrefaceInfo Preface { get; } = preface;

    /// <summary>Where its server is; null until an id of it is known.</summary>
    public DestinationWay? Way
    {
        get => _way;
        set => _way = value;
    }

    /// <summary>The ids that its server has shown last.</summary>
    public Queue<QuicConnectionId> Ids { get; } = new(capacity: 1);

    /// <summary>The flows that carry it.</summary>
    public int Flows { get; set; }
}
