using System.Globalization;
using L4Proxy.Api.Ports;

namespace L4Proxy.Hosting.Tests.Api;

/// <summary>Ranges of ports that nobody of this machine listens on, below those that it dials from.</summary>
internal static class FreePorts
{
    private static int s_next = 15_000 + Environment.ProcessId % 100 * 100;

    /// <summary>The lowest port of so many in a row.</summary>
    public static int Row(int count)
    {
        for (;;)
        {
            var low = Interlocked.Add(ref s_next, count) - count;
            if (Enumerable.Range(low, count).All(port => HostPorts.IsFree(PortProtocol.Tcp, port) && HostPorts.IsFree(PortProtocol.Udp, port)))
                return low;
        }
    }

    /// <summary>As a pool has them.</summary>
    public static string Text(int low, int count) => string.Create(CultureInfo.InvariantCulture, $"{low}-{low + count - 1}");
}
