using L4Proxy;
using L4Proxy.Storage.Caching;
using L4Proxy.Storage.Postgres;
using L4Proxy.Storage.Sqlite;
using L4Proxy.Store;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Gives what L4Proxy's API is told a place where it survives the process. Without one of these it is gone then.</summary>
public static class L4ProxyStorageServiceCollectionExtensions
{
    private const string Sqlite = "sqlite:";
    private const string Postgres = "postgres:";

    /// <summary>The cache of <see cref="AddL4ProxyStore"/>.</summary>
    private const string CacheName = "l4proxy-store.cache";

    /// <summary>
    /// Keeps it in a SQLite file on this machine's own disk, which several processes of it may share. Replaces any store that was chosen before, and may be called before
    /// <c>AddL4Proxy()</c> or after it. Adds <see cref="IL4StoreBackup"/>.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="path">The file; made where there is none, for the user of the process alone, in a directory that must be there. A relative one is of the working directory.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    public static IServiceCollection AddL4ProxySqliteStore(this IServiceCollection services, string path)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(path);
        var full = Path.GetFullPath(path);
        services.Replace(ServiceDescriptor.Singleton<IL4Store>(provider => new SqliteStore(full, TimeOf(provider))));
        return services.Replace(ServiceDescriptor.Singleton(provider => (IL4StoreBackup)provider.GetRequiredService<IL4Store>()));
    }

    /// <summary>
    /// Keeps it in a PostgreSQL database, which any number of gateways may share. Replaces any store that was chosen before, and may be called before <c>AddL4Proxy()</c> or after it.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="connectionString">Npgsql's connection string, as in <c>Host=db;Database=l4proxy;Username=l4proxy</c>. With several hosts (<c>Host=a,b</c>) the primary among them is used.
    /// What it does not say of timeouts and keepalives is chosen so that a server that has gone is noticed within ten seconds.</param>
    /// <param name="cachePath">A file that gets a copy of the last state that was seen, for the user of the process alone. A start while the database is not there serves that.
    /// Null (default): no copy, and such a start serves nothing of the store's until the database is there.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> or <paramref name="connectionString"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="connectionString"/> is none, or names no host.</exception>
    public static IServiceCollection AddL4ProxyPostgresStore(this IServiceCollection services, string connectionString, string? cachePath = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(connectionString);
        var settings = new PostgresSettings(connectionString);
        var cache = cachePath is null ? null : new CacheFile(Path.GetFullPath(cachePath), settings.Name);
        services.RemoveAll<IL4StoreBackup>();
        return services.Replace(ServiceDescriptor.Singleton<IL4Store>(provider => cache is null ? new PostgresStore(settings)
            : new CachedStore(new PostgresStore(settings), cache, provider.GetService<ILogger<CachedStore>>() ?? NullLogger<CachedStore>.Instance)));
    }

    /// <summary>
    /// Keeps it where a setting says: <c>sqlite:routes.db</c>, or <c>postgres:Host=db;Database=l4proxy;Username=l4proxy</c>, with a copy in the file <c>l4proxy-store.cache</c> of the
    /// content root.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="setting">The setting.</param>
    /// <param name="contentRoot">The directory that a relative path is of: the host's content root.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="setting"/> is neither of the two; the message says what is right.</exception>
    public static IServiceCollection AddL4ProxyStore(this IServiceCollection services, string setting, string contentRoot)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(setting);
        ArgumentNullException.ThrowIfNull(contentRoot);
        if (setting.StartsWith(Sqlite, StringComparison.OrdinalIgnoreCase) && setting.Length > Sqlite.Length)
            return services.AddL4ProxySqliteStore(Path.Combine(contentRoot, setting[Sqlite.Length..]));
        if (setting.StartsWith(Postgres, StringComparison.OrdinalIgnoreCase) && !setting.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase))
            return services.AddL4ProxyPostgresStore(setting[Postgres.Length..], Path.Combine(contentRoot, CacheName));
        // It may hold a password, and is not said.
        throw new ArgumentException("A store is 'sqlite:routes.db' or 'postgres:Host=db;Database=l4proxy;Username=l4proxy'.", nameof(setting));
    }

    private static TimeProvider TimeOf(IServiceProvider services) => services.GetService<TimeProvider>() ?? TimeProvider.System;
}
