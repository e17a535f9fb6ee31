using System.Net;
using L4Proxy.Prefaces;
using L4Proxy.ProxyProtocol;
using L4Proxy.Tcp;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace L4Proxy.Kestrel;

/// <summary>Makes a connection that the proxy has looked into look untouched to HTTP.</summary>
internal static class HandedOver
{
    /// <summary>Puts the bytes that were read back in front, and shows the real client. The address connected to stays the socket's.</summary>
    public static void Prepare(ConnectionContext context, ReadOnlyMemory<byte> preface, in ClientInfo client)
    {
        Describe(context, client);
        // Kestrel's connection completes its own pair of pipes when it is disposed, whatever Transport was set to.
        if (!preface.IsEmpty)
            context.Transport = new PrefixDuplexPipe(preface, context.Transport);
    }

    /// <summary>Shows the real client, and what is known of it.</summary>
    public static void Describe(ConnectionContext context, in ClientInfo client)
    {
        // Kestrel's mapped form of an IPv4 address stays where there is nothing else to say.
        if (client.EndPoint is { } endPoint && !IsSame(endPoint, context.RemoteEndPoint))
            context.RemoteEndPoint = endPoint;
        if (client.EndpointId is { } endpointId)
            context.Features.Set(new HandedOverFeature(endpointId, client.Hello, client.Tls is not null, client.Trace));
        if (client.Hello is { } hello)
            context.Features.Set<IClientHelloFeature>(new ClientHelloFeature(hello));
        if (client.ProxyHeader is { } header)
            context.Features.Set<IProxyProtocolFeature>(new ProxyProtocolFeature(header));
        if (client.Tls is not { } tls)
            return;
        var feature = new TlsFeature(tls);
        context.Features.Set<ITlsHandshakeFeature>(feature);
        context.Features.Set<ITlsConnectionFeature>(feature);
        context.Features.Set<ITlsApplicationProtocolFeature>(feature);
    }

    private sealed record ClientHelloFeature(ClientHello ClientHello) : IClientHelloFeature;

    private sealed record ProxyProtocolFeature(ProxyHeader Header) : IProxyProtocolFeature;

    private static bool IsSame(EndPoint one, EndPoint? other) =>
        one.Equals(other)
        || (one is IPEndPoint a && other is IPEndPoint b && a.Port == b.Port && a.Address.MapToIPv6().Equals(b.Address.MapToIPv6()));
}
