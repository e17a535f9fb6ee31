using System.Net;

namespace L4Proxy;

/// <summary>How L4Proxy lives with the web server of its host. What is proxied where is configuration, and is not set here.</summary>
public sealed class L4ProxyHostingOptions
{
    /// <summary>
    /// Whether L4 routes may share the port of one of Kestrel's TCP endpoints. Where it says false, Kestrel's own transport
    /// binds the address and <c>Kestrel</c> in an L4 endpoint cannot name it. Asked with the address that is to be bound, in
    /// which port 0 stands for any port. Default: every address.
    /// </summary>
    public Func<IPEndPoint, bool> SharesPort { get; set; } = static _ => true;

    /// <summary>
    /// Whether Kestrel binds <c>http://localhost:5000</c> where nothing names an address: no URLs, nothing under
    /// <c>Kestrel:Endpoints</c>, no endpoint in code. Turned off, it then binds nothing until a reload of its configuration
    /// names an address. Default: true, as ever.
    /// </summary>
    public bool BindDefaultAddress { get; set; } = true;

    /// <summary>
    /// Whether the start fails where there are own endpoints and nothing at all could be bound, no address of Kestrel's either: the
    /// ports are taken, most likely by another instance. Where something could be bound, and always while running, an address that
    /// cannot is an error in the log and is tried again every second. Default: false.
    /// </summary>
    public bool FailIfNothingBinds { get; set; }
}
