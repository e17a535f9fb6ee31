using L4Proxy.Addresses;
using L4Proxy.Files;

namespace L4Proxy.Limits;

/// <summary>The addresses of a file.</summary>
internal sealed class LoadedAddressList(IReadOnlyCollection<AddressRange> ranges) : ILoadedFile
{
    public AddressRangeSet Addresses { get; } = new(ranges);

    public string Description => $"{ranges.Count} addresses and blocks";

    public string? WarningAt(DateTimeOffset time) => null;
}
