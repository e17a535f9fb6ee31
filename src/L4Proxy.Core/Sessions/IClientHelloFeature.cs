using L4Proxy.Prefaces;

namespace L4Proxy;

/// <summary>A feature of a connection whose TLS hello was read before it was routed.</summary>
public interface IClientHelloFeature
{
    /// <summary>What the client said first.</summary>
    ClientHello ClientHello { get; }
}
