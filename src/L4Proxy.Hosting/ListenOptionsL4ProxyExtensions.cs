using System.Net;
using L4Proxy.Kestrel;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Hosting;

/// <summary>Puts L4 routes on a Kestrel endpoint that is written in code.</summary>
public static class ListenOptionsL4ProxyExtensions
{
    /// <summary>
    /// Makes this endpoint the L4 endpoint <paramref name="endpointId"/> of the <c>L4Proxy</c> configuration, which gives it
    /// neither <c>Url</c> nor <c>Kestrel</c>. What no L4 route takes is served by this endpoint as if L4Proxy were not there.
    /// <para>
    /// L4 routes see the raw bytes of a TCP connection before any middleware of the endpoint. Only after <c>UseHttps</c> do
    /// they see what TLS carried. There, on Unix sockets and on other transports L4Proxy works through Kestrel's pipes, and
    /// their limits hold: a plain connection that is half-closed towards the client is closed in both directions, and bytes
    /// still on their way to a client that has stopped reading count as sent, up to <c>MaxWriteBufferSize</c>.
    /// </para>
    /// </summary>
    /// <param name="listenOptions">The endpoint.</param>
    /// <param name="endpointId">The id under <c>L4Proxy:Endpoints</c>. As long as the configuration has none of it, the endpoint serves HTTP alone.</param>
    /// <returns>The same endpoint.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="listenOptions"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="endpointId"/> is null or empty.</exception>
    /// <exception cref="InvalidOperationException"><c>services.AddL4Proxy()</c> was not called, or the same address belongs to another id.</exception>
    public static ListenOptions UseL4Proxy(this ListenOptions listenOptions, string endpointId)
    {
        ArgumentNullException.ThrowIfNull(listenOptions);
        ArgumentException.ThrowIfNullOrEmpty(endpointId);
        var services = listenOptions.ApplicationServices;
        if (services?.GetService<KestrelEndpointMap>() is not { } map)
            throw new InvalidOperationException("UseL4Proxy needs services.AddL4Proxy().");
        // The text that Kestrel shows for an endpoint is all that tells of TLS and of localhost, which is two addresses.
        var shown = KestrelUrl.Parse(listenOptions.ToString());
        var addresses = AddressesOf(listenOptions, shown);
        if (listenOptions.IPEndPoint is null || shown is null || shown.Scheme.Equals("https", StringComparison.OrdinalIgnoreCase))
            map.RegisterInner(endpointId, addresses);
        else
            map.Register(endpointId, addresses);
        var gate = services.GetRequiredService<IL4ConnectionGate>();
        listenOptions.Use(next => new L4ConnectionMiddleware(endpointId, gate, next).OnConnectionAsync);
        return listenOptions;
    }

    /// <summary>The addresses that Kestrel will ask for.</summary>
    private static IEnumerable<EndPoint> AddressesOf(ListenOptions options, BindingAddress? shown)
    {
        yield return options.EndPoint;
        if (options.IPEndPoint is not { } endPoint || shown is null)
            yield break;
        if (KestrelUrl.IsLocalhost(shown.Host))
            yield return new IPEndPoint(IPAddress.IPv6Loopback, endPoint.Port);
        else if (endPoint.Address.Equals(IPAddress.IPv6Any))
            yield return new IPEndPoint(IPAddress.Any, endPoint.Port);
    }
}
