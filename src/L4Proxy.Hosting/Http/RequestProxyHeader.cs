using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Kestrel;
using L4Proxy.ProxyProtocol;
using Microsoft.AspNetCore.Connections.Features;

namespace L4Proxy.Http;

/// <summary>The PROXY header of a request's connection to its destination.</summary>
internal static class RequestProxyHeader
{
    public static ProxyHeader For(L4ProxyProtocolOut config, HttpCall call)
    {
        var (connection, features) = (call.Context.Connection, call.Context.Features);
        var incoming = features.Get<IProxyProtocolFeature>()?.Header;
        var local = ClientAddress.Unmap(connection.LocalIpAddress) is { } address ? new IPEndPoint(address, connection.LocalPort) : null;
        return new()
        {
            Version = config.Version == L4ProxyProtocolVersion.V1 ? 1 : 2,
            Source = call.ClientEndPoint,
            Destination = incoming?.Destination ?? local,
            Tlvs = ClientTlvs.For(config.Tlvs, call.Id, incoming, features.Get<IClientHelloFeature>()?.ClientHello, (features.Get<ITlsHandshakeFeature>() as TlsFeature)?.Facts),
        };
    }
}
