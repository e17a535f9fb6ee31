using System.Runtime.CompilerServices;

namespace L4Proxy.Gateway;

/// <summary>The store of the admin API. A gateway without one does not load what it takes: each assembly holds two descriptors.</summary>
internal static class GatewayStore
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Add(IServiceCollection services, string store, string directory) => services.AddL4ProxyStore(store, directory);

    /// <summary>What is wrong with the setting; null where nothing is.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static string? FindError(string store)
    {
        try
        {
            Add(new ServiceCollection(), store, "/");
            return null;
        }
        catch (ArgumentException e)
        {
            return e.Message;
        }
    }
}
