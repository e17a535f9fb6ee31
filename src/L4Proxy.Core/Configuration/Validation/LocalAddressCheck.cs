using System.Net;
using System.Net.Sockets;
using L4Proxy.Addresses;
using L4Proxy.Configuration.Reading;

namespace L4Proxy.Configuration.Validation;

/// <summary>Says at load where destinations are to be dialled from an address that this machine does not have; it may come later.</summary>
internal sealed class LocalAddressCheck : IConfigCheck
{
    public void Check(ConfigGraph graph, ICollection<L4ConfigError> errors, ICollection<L4ConfigError> warnings)
    {
        var clusters = new ConfigPath(ConfigReader.SectionName)["Clusters"];
        foreach (var (id, cluster) in graph.Clusters)
        {
            var addresses = cluster.Socket?.LocalAddresses ?? [];
            for (var i = 0; i < addresses.Count; i++)
            {
                if (AddressRange.TryParseAddress(addresses[i] ?? "", out var address) && !IsHere(address))
                {
                    new Findings(errors, warnings).Warning(
                        clusters[id]["Socket"]["LocalAddresses"][i], $"This machine does not have the address '{address}' now; while it has not, what is dialled from there fails.");
                }
            }
        }
    }

    /// <summary>Asks the kernel: lists of interfaces do not have what it takes beyond them, such as all of 127.0.0.0/8.</summary>
    private static bool IsHere(IPAddress address)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(address, 0));
            return true;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode is not (SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported);
        }
    }
}
