using System.Diagnostics;
using System.Diagnostics.Metrics;
using L4Proxy.Destinations;
using L4Proxy.Snapshot;
using L4Proxy.Tcp;

namespace L4Proxy.Diagnostics;

/// <summary>The meter <c>L4Proxy</c>. Nothing that a client sends is ever a tag.</summary>
internal sealed class ProxyMetrics
{
    private static readonly InstrumentAdvice<double> s_shortTimes = new()
    {
        HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    };

    private static readonly InstrumentAdvice<double> s_longTimes = new()
    {
        HistogramBucketBoundaries = [0.01, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 600, 3600, 86400],
    };

    private static readonly string[] s_outcomes = Enum.GetNames<DatagramOutcome>();

    private readonly UpDownCounter<long> _active;
    private readonly Counter<long> _connections;
    private readonly Counter<long> _bytes;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _connectDuration;
    private readonly Histogram<double> _prefaceDuration;
    private readonly UpDownCounter<long> _activeFlows;
    private readonly Counter<long> _datagrams;
    private readonly Counter<long> _reloads;

    public ProxyMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("L4Proxy");
        _active = meter.CreateUpDownCounter<long>("l4proxy.connections.active", "{connection}", "Connections at the moment");
        _connections = meter.CreateCounter<long>("l4proxy.connections", "{connection}", "Connections that ended, by outcome");
        _bytes = meter.CreateCounter<long>("l4proxy.bytes", "By", "Bytes relayed, by direction");
        _duration = meter.CreateHistogram("l4proxy.connection.duration", "s", "From accept to close", advice: s_longTimes);
        _connectDuration = meter.CreateHistogram("l4proxy.connect.duration", "s", "Dialling a destination that answered", advice: s_shortTimes);
        _prefaceDuration = meter.CreateHistogram("l4proxy.preface.duration", "s", "From accept to a decision on the route", advice: s_shortTimes);
        _activeFlows = meter.CreateUpDownCounter<long>("l4proxy.sessions.active", "{session}", "UDP flows at the moment");
        _datagrams = meter.CreateCounter<long>("l4proxy.datagrams", "{datagram}", "Datagrams, by direction and by what became of them");
        _reloads = meter.CreateCounter<long>("l4proxy.config.reloads", "{reload}", "Configurations read, by outcome");
    }

    /// <summary>Counts a connection in.</summary>
    /// <returns>Whether it was counted, and so must be counted out: the listener may come and go in between.</returns>
    public bool Started(ISessionRecord session)
    {
        var gauge = GaugeOf(session);
        var counted = gauge.Enabled;
        if (counted)
            gauge.Add(1, new KeyValuePair<string, object?>("endpoint", session.Endpoint.Id));
        return counted;
    }

    public void Decided(TcpSession session)
    {
        if (_prefaceDuration.Enabled)
            _prefaceDuration.Record(
                session.Clock.Time.GetElapsedTime(session.StartTimestamp).TotalSeconds, new KeyValuePair<string, object?>("endpoint", session.Endpoint.Id));
    }

    public void Connected(TcpSession session, DestinationState destination, TimeSpan elapsed)
    {
        if (_connectDuration.Enabled)
            _connectDuration.Record(elapsed.TotalSeconds, Tags(session, destination));
    }

    public void Ended(ISessionRecord session, bool counted, TimeSpan elapsed)
    {
        if (counted)
            GaugeOf(session).Add(-1, new KeyValuePair<string, object?>("endpoint", session.Endpoint.Id));
        if (!_connections.Enabled && !_bytes.Enabled && !_duration.Enabled)
            return;
        var tags = Tags(session, session.Destination);
        if (session.BytesUp > 0)
            _bytes.Add(session.BytesUp, With(tags, "direction", "up"));
        if (session.BytesDown > 0)
            _bytes.Add(session.BytesDown, With(tags, "direction", "down"));
        tags = With(tags, "outcome", session.EndReason.ToString());
        _connections.Add(1, tags);
        _duration.Record(elapsed.TotalSeconds, tags);
    }

    /// <summary>Counts a datagram. Never throws: what listens may, and the datagram is no worse for it (beginning and end of a flow say so in the log).</summary>
    public void Datagram(EndpointModel endpoint, bool up, DatagramOutcome outcome)
    {
        if (!_datagrams.Enabled)
            return;
        try
        {
            _datagrams.Add(
                1, new("endpoint", endpoint.Id), new("direction", up ? "up" : "down"), new KeyValuePair<string, object?>("outcome", s_outcomes[(int)outcome]));
        }
        catch (Exception)
        {
            return; // The listener's own fault.
        }
    }

    public void Reloaded(bool accepted) =>
        _reloads.Add(1, new KeyValuePair<string, object?>("outcome", accepted ? "applied" : "rejected"));

    private UpDownCounter<long> GaugeOf(ISessionRecord session) => session.Endpoint.IsUdp ? _activeFlows : _active;

    private static TagList Tags(ISessionRecord session, DestinationState? destination) => new()
    {
        { "endpoint", session.Endpoint.Id },
        { "route", session.Route?.Id },
        { "cluster", session.Route?.Cluster?.Id },
        { "destination", destination?.Id },
    };

    private static TagList With(TagList tags, string name, object value)
    {
        tags.Add(name, value);
        return tags;
    }
}
