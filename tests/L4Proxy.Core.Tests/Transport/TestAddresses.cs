using System.Net;
using System.Net.NetworkInformation;
using L4Proxy.Transport.Managed;

namespace L4Proxy.Core.Tests.Transport;

/// <summary>A machine whose addresses change when a test says so.</summary>
internal sealed class TestAddresses(params string[] addresses) : DatagramAddresses
{
    private string[] _addresses = addresses;

    public override event NetworkAddressChangedEventHandler? Changed;

    public override IEnumerable<IPAddress> Current() => _addresses.Select(IPAddress.Parse);

    public void Change(params string[] addresses)
    {
        _addresses = addresses;
        Changed?.Invoke(this, EventArgs.Empty);
    }
}
