using System.Diagnostics.Metrics;
using L4Proxy.Core.Tests.Tcp;

namespace L4Proxy.Core.Tests.House;

/// <summary>
/// Listens to one proxy's instruments on the thread that measures, and allocates nothing: where neither matters, MetricCollector serves.
/// </summary>
internal static class ProxyMeter
{
    public static MeterListener Listen(TestProxy proxy, MeasurementCallback<long> measured, params string[] instruments)
    {
        var mine = proxy.Get<IMeterFactory>();
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instruments.Contains(instrument.Name) && ReferenceEquals(instrument.Meter.Scope, mine))
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback(measured);
        listener.Start();
        return listener;
    }
}
