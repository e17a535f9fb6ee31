using System.Collections;
using L4Proxy.Kestrel;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace L4Proxy.InProcess;

/// <summary>Kestrel's addresses without the one that is none.</summary>
internal sealed class RealAddresses(IServerAddressesFeature kestrel) : IServerAddressesFeature, ICollection<string>
{
    public ICollection<string> Addresses => this;

    public bool PreferHostingUrls
    {
        get => kestrel.PreferHostingUrls;
        set => kestrel.PreferHostingUrls = value;
    }

    public int Count => Real.Count();

    public bool IsReadOnly => kestrel.Addresses.IsReadOnly;

    private IEnumerable<string> Real => kestrel.Addresses.Where(a => !NoAddressEndPoint.IsShownAs(a));

    public void Add(string item) => kestrel.Addresses.Add(item);

    public void Clear() => kestrel.Addresses.Clear();

    public bool Contains(string item) => Real.Contains(item);

    public void CopyTo(string[] array, int arrayIndex) => Real.ToArray().CopyTo(array, arrayIndex);

    public bool Remove(string item) => kestrel.Addresses.Remove(item);

    public IEnumerator<string> GetEnumerator() => Real.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
