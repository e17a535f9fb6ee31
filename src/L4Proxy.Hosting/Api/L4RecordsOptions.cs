namespace L4Proxy;

/// <summary>What names of internal services are made of that a client leaves out, and where DNS finds them.</summary>
public sealed class L4RecordsOptions
{
    /// <summary>The domain of names that are one label: <c>llm</c> is <c>llm.internal.example.com</c> then.</summary>
    /// <value>A domain name. Default: none; a name is whole.</value>
    public string? Domain { get; set; }

    /// <summary>The address that DNS gives for a name whose client says none: this gateway's.</summary>
    /// <value>An IPv4 or IPv6 address. Default: none; who adds a name says its address.</value>
    public string? Address { get; set; }

    /// <summary>The host to which requests go whose client says a port alone.</summary>
    /// <value>An address or a host name, without a port. Default: none; such a name is in DNS alone.</value>
    public string? DefaultTarget { get; set; }

    /// <summary>
    /// A file that is kept to be all names with their addresses, as <c>/etc/hosts</c>: for dnsmasq's <c>hostsdir</c>, or the <c>hosts</c> plugin of CoreDNS. It is replaced as a whole, and
    /// readable by all.
    /// </summary>
    /// <value>A path; its directory must be there. Default: none.</value>
    public string? HostsFile { get; set; }
}
