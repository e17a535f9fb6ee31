using System.Net;

namespace L4Proxy.Kestrel;

/// <summary>
/// An endpoint without an address. Kestrel with no endpoint at all binds http://localhost:5000; with this one it binds nothing.
/// </summary>
internal sealed class NoAddressEndPoint : EndPoint
{
    private const string Text = "l4proxy-no-address";

    /// <summary>Whether <paramref name="url"/> is how Kestrel shows this endpoint among its addresses.</summary>
    public static bool IsShownAs(string url) => url.EndsWith("://" + Text, StringComparison.Ordinal);

    public override string ToString() => Text;
}
