namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Where L4Proxy is set up further, after <c>services.AddL4Proxy()</c>.</summary>
public interface IL4ProxyBuilder
{
    /// <summary>The services of the host.</summary>
    IServiceCollection Services { get; }
}
