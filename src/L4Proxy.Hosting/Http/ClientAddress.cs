using System.Net;
using Microsoft.AspNetCore.Http;

namespace L4Proxy.Http;

/// <summary>The real client of a request, as its connection has it.</summary>
internal static class ClientAddress
{
    /// <summary>Its address, an IPv4 one as such; null if it has none.</summary>
    public static IPAddress? Of(ConnectionInfo connection) => Unmap(connection.RemoteIpAddress);

    /// <summary>The same with its port.</summary>
    public static IPEndPoint? EndPointOf(ConnectionInfo connection) => Of(connection) is { } address ? new IPEndPoint(address, connection.RemotePort) : null;

    /// <summary>An IPv4 address as such.</summary>
    public static IPAddress? Unmap(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
}
