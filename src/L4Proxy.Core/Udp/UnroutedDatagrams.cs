using L4Proxy.Diagnostics;
using L4Proxy.Prefaces;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Udp;

/// <summary>Says at Debug why no route takes a datagram, of a few in each second: what is dropped has no record.</summary>
internal sealed class UnroutedDatagrams(TimeProvider time, ILogger<UdpProxy> log)
{
    private const int PerSecond = 10;

    private readonly PerSecondLimit _lines = new(time, PerSecond);

    public void Say(in FlowOrigin origin, in PrefaceInfo info)
    {
        if (log.IsEnabled(LogLevel.Debug) && _lines.TryTake())
            log.NoRouteForDatagram(origin.Key.Client.ToIPEndPoint(), origin.Endpoint.Id, origin.Endpoint.Routes.Explain(PrefaceReader.FactsOf(origin, info)));
    }
}
