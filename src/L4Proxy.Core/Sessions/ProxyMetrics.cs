using System.Diagnostics;
using System.Diagnostics.Metrics;
using L4Proxy.Destinations;
using L4Proxy.Diagnostics;
using L4Proxy.Snapshot;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Sessions;

/// <summary>
/// The meter <c>L4Proxy</c>. Nothing that a client sends is ever a tag. Listeners are the application's and run here: what they throw ends
/// with the measurement, and is said.
/// </summary>
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

    private readonly TimeProvider _time;
    private readonly PerSecondLimit _warnings;
    private readonly ILogger<ProxyMetrics> _log;
    private readonly UpDownCounter<long> _active;
    private readonly Counter<long> _connections;
    private readonly Counter<long> _bytes;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _connectDuration;
    private readonly Histogram<double> _prefaceDuration;
    private readonly UpDownCounter<long> _activeFlows;
    private readonly Counter<long> _datagrams;
    private readonly Counter<long> _reloads;

    public ProxyMetrics(IMeterFactory meters, TimeProvider time, ILogger<ProxyMetrics> log)
    {
        (_time, _warnings, _log) = (time, new PerSecondLimit(time, 1), log);
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
            Add(gauge, 1, session.Endpoint);
        return counted;
    }

    public void Decided(ISessionRecord session)
    {
        if (_prefaceDuration.Enabled)
            Record(_prefaceDuration, _time.GetElapsedTime(session.StartTimestamp), new() { { "endpoint", session.Endpoint.Id } });
    }

    public void Connected(ISessionRecord session, DestinationModel destination, TimeSpan elapsed)
    {
        if (_connectDuration.Enabled)
            Record(_connectDuration, elapsed, Tags(session, destination));
    }

    public void Ended(ISessionRecord session, bool counted, TimeSpan elapsed)
    {
        if (counted)
            Add(GaugeOf(session), -1, session.Endpoint);
        if (!_connections.Enabled && !_bytes.Enabled && !_duration.Enabled)
            return;
        Relayed(session, session.BytesUp, session.BytesDown);
        var tags = With(Tags(session, session.Destination), "outcome", session.EndReason.ToString());
        Add(_connections, 1, tags);
        Record(_duration, elapsed, tags);
    }

    /// <summary>Whether anybody wants to hear of bytes.</summary>
    public bool CountsBytes => _bytes.Enabled;

    /// <summary>So many bytes went up and down by now; those it was not told yet are counted.</summary>
    public void Relayed(ISessionRecord session, long up, long down)
    {
        if (session.Reported.Take(up: true, up) is > 0 and var more)
            Add(_bytes, more, With(Tags(session, session.Destination), "direction", "up"));
        if (session.Reported.Take(up: false, down) is > 0 and var moreDown)
            Add(_bytes, moreDown, With(Tags(session, session.Destination), "direction", "down"));
    }

    public void Datagram(EndpointModel endpoint, bool up, DatagramOutcome outcome)
    {
        if (!_datagrams.Enabled)
            return;
        try
        {
            _datagrams.Add(
                1, new("endpoint", endpoint.Id), new("direction", up ? "up" : "down"), new KeyValuePair<string, object?>("outcome", s_outcomes[(int)outcome]));
        }
        catch (Exception e)
        {
            Failed(e);
        }
    }

    public void Reloaded(bool accepted) => Add(_reloads, 1, new() { { "outcome", accepted ? "applied" : "rejected" } });

    private void Add(UpDownCounter<long> gauge, long change, EndpointModel endpoint)
    {
        try
        {
            gauge.Add(change, new KeyValuePair<string, object?>("endpoint", endpoint.Id));
        }
        catch (Exception e)
        {
            Failed(e);
        }
    }

    private void Add(Counter<long> counter, long count, TagList tags)
    {
        try
        {
            counter.Add(count, tags);
        }
        catch (Exception e)
        {
            Failed(e);
        }
    }

    private void Record(Histogram<double> histogram, TimeSpan elapsed, TagList tags)
    {
        try
        {
            histogram.Record(elapsed.TotalSeconds, tags);
        }
        catch (Exception e)
        {
            Failed(e);
        }
    }

    /// <summary>Something went wrong with a measurement; nothing but that ends with it.</summary>
    public void Failed(Exception exception)
    {
        if (_warnings.TryTake())
            _log.MeterFailed(exception);
    }

    private UpDownCounter<long> GaugeOf(ISessionRecord session) => session.Endpoint.IsUdp ? _activeFlows : _active;

    private static TagList Tags(ISessionRecord session, DestinationModel? destination) => new()
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
