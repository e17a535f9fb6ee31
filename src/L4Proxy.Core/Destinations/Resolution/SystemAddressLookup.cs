using System.Net;

namespace L4Proxy.Destinations.Resolution;

/// <summary>The system's resolver: its hosts file, its name servers, its search list, its order of addresses.</summary>
internal static class SystemAddressLookup
{
    /// <summary>
    /// An <see cref="AddressLookup"/>. Outside Windows, <c>getaddrinfo</c> blocks and cannot be cancelled, and
    /// <see cref="Dns.GetHostAddressesAsync(string)"/> blocks a pool thread with it: a few dead names would starve the pool that
    /// also runs the clock. So each lookup has a thread of its own; <see cref="LookupQueue{T}"/> bounds how many.
    /// </summary>
    public static Task<IPAddress[]> LookUpAsync(string host) => OperatingSystem.IsWindows()
        ? Dns.GetHostAddressesAsync(host)
        : Task.Factory.StartNew(
            static state => Dns.GetHostAddresses((string)state!),
            host,
            CancellationToken.None,
            TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
            TaskScheduler.Default);
}
