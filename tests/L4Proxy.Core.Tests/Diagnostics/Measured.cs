using System.Diagnostics.Metrics;
using L4Proxy.Core.Tests.Tcp;

namespace L4Proxy.Core.Tests.Diagnostics;

/// <summary>Everything that one proxy's meter measures: sums, and of histograms how many there were.</summary>
internal sealed class Measured : IDisposable
{
    private readonly Lock _gate = new();
    private readonly MeterListener _listener = new();
    private readonly SortedDictionary<string, long> _totals = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _tags = [];

    public Measured(TestProxy proxy)
    {
        var mine = proxy.Get<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name != "L4Proxy" || !ReferenceEquals(instrument.Meter.Scope, mine))
                return;
            Instruments.Add(instrument);
            listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Take(instrument, 1, tags));
        _listener.Start();
    }

    /// <summary>What there is to measure.</summary>
    public List<Instrument> Instruments { get; } = [];

    /// <summary>An instrument and its tags on a line each, and how much.</summary>
    public string Text
    {
        get
        {
            lock (_gate)
                return string.Join('\n', _totals.Select(total => $"{total.Key} = {total.Value}"));
        }
    }

    /// <summary>The names of the tags that an instrument had.</summary>
    public IReadOnlyCollection<string> TagsOf(string instrument)
    {
        lock (_gate)
            return [.. _tags.GetValueOrDefault(instrument, [])];
    }

    /// <summary>Asks those that are to be asked.</summary>
    public void Observe() => _listener.RecordObservableInstruments();

    public void Dispose() => _listener.Dispose();

    private void Take(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var line = instrument.Name["l4proxy.".Length..];
        lock (_gate)
        {
            if (!_tags.TryGetValue(instrument.Name, out var names))
                _tags.Add(instrument.Name, names = []);
            foreach (var tag in tags)
            {
                names.Add(tag.Key);
                if (tag.Value is not null)
                    line += $" {tag.Key}={tag.Value}";
            }

            _totals[line] = _totals.GetValueOrDefault(line) + value;
        }
    }
}
