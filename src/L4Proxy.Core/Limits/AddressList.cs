using System.Net;
using L4Proxy.Addresses;

namespace L4Proxy.Limits;

/// <summary>What the configuration lists and what a file does, together.</summary>
internal sealed class AddressList
{
    private readonly AddressRangeSet _configured;
    private readonly AddressListFile? _file;

    private AddressList(AddressRangeSet? configured, AddressListFile? file) => (_configured, _file) = (configured ?? AddressRangeSet.Empty, file);

    /// <summary>Of the two; null where neither is given.</summary>
    public static AddressList? Create(AddressRangeSet? configured, AddressListFile? file) => configured is null && file is null ? null : new(configured, file);

    public bool Contains(IPAddress address) => _configured.Contains(address) || _file?.Current!.Addresses.Contains(address) == true;
}
