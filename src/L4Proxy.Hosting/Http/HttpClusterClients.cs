using L4Proxy.Timing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace L4Proxy.Http;

/// <summary>Sends the requests of L4Proxy's own clusters; the application's are sent as they were.</summary>
/// <param name="others">Makes the clients of the application's.</param>
/// <param name="dialler">Connects.</param>
/// <param name="encodings">Of headers.</param>
/// <param name="clock">The clock.</param>
internal sealed class HttpClusterClients(IForwarderHttpClientFactory others, HttpDialler dialler, HeaderEncodings encodings, CoarseClock clock) : IForwarderHttpClientFactory
{
    /// <summary>Takes the place of another factory, or of YARP's.</summary>
    public static ServiceDescriptor Over(ServiceDescriptor? before) => ServiceDescriptor.Singleton<IForwarderHttpClientFactory>(services =>
        new HttpClusterClients(Make(before, services), services.GetRequiredService<HttpDialler>(), services.GetRequiredService<HeaderEncodings>(), services.GetRequiredService<CoarseClock>()));

    public HttpMessageInvoker CreateClient(ForwarderHttpClientContext context)
    {
        if (!HttpRouteMapper.IsOurs(context.ClusterId))
            return others.CreateClient(context);
        // What changes of a cluster, its requests bring along.
        return context.OldClient ?? new HttpMessageInvoker(new HttpClusterHandler(new HttpConnectionPools(dialler, encodings), clock));
    }

    private static IForwarderHttpClientFactory Make(ServiceDescriptor? descriptor, IServiceProvider services) => descriptor switch
    {
        { ImplementationInstance: IForwarderHttpClientFactory instance } => instance,
        { ImplementationFactory: { } factory } => (IForwarderHttpClientFactory)factory(services),
        { ImplementationType: { } type } => (IForwarderHttpClientFactory)ActivatorUtilities.CreateInstance(services, type),
        _ => new ForwarderHttpClientFactory(services.GetRequiredService<ILogger<ForwarderHttpClientFactory>>()),
    };
}
