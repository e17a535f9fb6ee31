using System.Net;
using System.Net.Sockets;

namespace L4Proxy.Hosting.Tests.Hosts;

/// <summary>Ports for what cannot ask for port 0.</summary>
internal static class FreePort
{
    public static int OnBothLoopbacks()
    {
        for (;;)
        {
            using var v4 = new TcpListener(IPAddress.Loopback, 0);
            v4.Start();
            var port = ((IPEndPoint)v4.LocalEndpoint).Port;
            using var v6 = new TcpListener(IPAddress.IPv6Loopback, port);
            try
            {
                v6.Start();
                return port;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Another one then.
            }
        }
    }
}
