using System.Net;
using System.Net.NetworkInformation;

namespace L4Proxy.Transport.Managed;

/// <summary>The addresses that this machine has.</summary>
internal abstract class DatagramAddresses
{
    /// <summary>There may be others now.</summary>
    public abstract event NetworkAddressChangedEventHandler? Changed;

    /// <summary>Those of this moment, of both families.</summary>
    /// <exception cref="NetworkInformationException">The system does not say.</exception>
    public abstract IEnumerable<IPAddress> Current();
}
