using System.Net;
using System.Net.NetworkInformation;

namespace L4Proxy.Transport.Managed;

/// <summary>The addresses of this machine as the operating system tells them.</summary>
internal sealed class SystemDatagramAddresses : DatagramAddresses
{
    public override event NetworkAddressChangedEventHandler? Changed
    {
        add => NetworkChange.NetworkAddressChanged += value;
        remove => NetworkChange.NetworkAddressChanged -= value;
    }

    public override IEnumerable<IPAddress> Current() => NetworkInterface.GetAllNetworkInterfaces()
        .SelectMany(card => card.GetIPProperties().UnicastAddresses, (_, unicast) => unicast.Address)
        .Distinct();
}
