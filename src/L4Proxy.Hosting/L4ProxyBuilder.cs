using Microsoft.Extensions.DependencyInjection;

namespace L4Proxy;

/// <inheritdoc/>
internal sealed class L4ProxyBuilder(IServiceCollection services) : IL4ProxyBuilder
{
    public IServiceCollection Services => services;
}
