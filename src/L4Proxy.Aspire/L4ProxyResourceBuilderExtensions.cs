using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Adds L4Proxy as a container. A gateway that is a project of the solution, or an executable, needs none of this: it takes the verbs directly.</summary>
public static class L4ProxyResourceBuilderExtensions
{
    /// <summary>Adds a gateway that runs as a container.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the resource.</param>
    /// <param name="image">The image, built of the Gateway sample or of an application that calls <c>AddL4Proxy()</c> and reads its environment.</param>
    /// <param name="tag">The tag of the image. Default: <c>latest</c>.</param>
    /// <returns>The resource; say by <c>WithTcpRoute</c> and the other verbs what it does.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> or <paramref name="image"/> is empty.</exception>
    /// <example><code>
    /// var edge = builder.AddL4Proxy("edge", "registry.example.com/gateway", "1.2")
    ///     .WithTcpRoute("mqtt", broker.GetEndpoint("tcp"), port: 1883);
    /// </code></example>
    [AspireExport]
    public static IResourceBuilder<L4ProxyResource> AddL4Proxy(this IDistributedApplicationBuilder builder, [ResourceName] string name, string image, string? tag = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(image);
        return builder.AddResource(new L4ProxyResource(name))
            .WithImage(image, tag)
            .WithIconName("GlobeArrowForward")
            .WithOtlpExporter();
    }
}
