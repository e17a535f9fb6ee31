using System.Net;
using L4Proxy.Diagnostics;
using L4Proxy.Prefaces;
using L4Proxy.Snapshot;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Udp;

/// <summary>Says at Debug why no route takes a datagram, of a few in each second: what is dropped has no record.</summary>
internal sealed class UnroutedDatagrams(TimeProvider time, ILogger<UdpProxy> log)
{
    private const int PerSecond = 10;

    private readonly PerSecondLimit _lines = new(time, PerSecond);

    public void Say(EndpointModel endpoint, in SessionKey key, IPAddress? client, in PrefaceInfo info)
    {
        if (log.IsEnabled(LogLevel.Debug) && _lines.TryTake())
            log.NoRouteForDatagram(key.Client.ToIPEndPoint(), endpoint.Id, endpoint.Routes.Explain(PrefaceReader.FactsOf(key, client, info)));
    }
}
