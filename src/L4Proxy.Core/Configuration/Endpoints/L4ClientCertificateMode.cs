namespace L4Proxy.Configuration;

/// <summary>Whether a client's certificate is asked for.</summary>
public enum L4ClientCertificateMode
{
    /// <summary>It is not.</summary>
    Off,

    /// <summary>It is; a client without one is served as well, one with a bad one is not.</summary>
    Optional,

    /// <summary>It is, and a client without a good one is refused.</summary>
    Required,
}
