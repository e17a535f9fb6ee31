namespace L4Proxy.Configuration;

/// <summary>What an endpoint's <c>Url</c> listens for.</summary>
internal enum EndpointScheme
{
    /// <summary>TCP.</summary>
    Tcp,

    /// <summary>UDP.</summary>
    Udp,

    /// <summary>TCP whose TLS is terminated.</summary>
    Tls,

    /// <summary>A Unix domain socket.</summary>
    Unix,

    /// <summary>An inherited descriptor.</summary>
    Fd,
}
