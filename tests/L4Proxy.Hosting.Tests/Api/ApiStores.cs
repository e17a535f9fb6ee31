using System.Globalization;
using L4Proxy.Hosting.Tests.Api;
using L4Proxy.Peers.Tests.Peers;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

[assembly: AssemblyFixture(typeof(ApiStores))]

namespace L4Proxy.Hosting.Tests.Api;

/// <summary>
/// Which store the tests of the API have: in memory, or as <c>L4PROXY_API_STORE</c> says, a SQLite file or a schema of a PostgreSQL for each application. ./test.sh runs them with both.
/// </summary>
public sealed class ApiStores : IAsyncDisposable
{
    private static readonly string? s_kind = Environment.GetEnvironmentVariable("L4PROXY_API_STORE");
    private static readonly Lock s_gate = new();
    private static Task<PostgresPeer>? s_server;
    private static int s_last;

    /// <summary>Gives an application a store that nobody else has.</summary>
    /// <param name="directory">A directory of its own.</param>
    internal static async Task<Action<IServiceCollection>> NewAsync(string directory)
    {
        switch (s_kind)
        {
            case "sqlite":
                return services => services.AddL4ProxySqliteStore(Path.Combine(directory, "routes.db"));
            case "postgres":
                var database = await NewSchemaAsync();
                return services => services.AddL4ProxyPostgresStore(database);
            case null or "":
                return static _ => { };
            default:
                throw new InvalidOperationException($"L4PROXY_API_STORE is sqlite or postgres, not {s_kind}.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (s_server is { IsCompletedSuccessfully: true })
            await (await s_server).DisposeAsync();
    }

    private static async Task<string> NewSchemaAsync()
    {
        Task<PostgresPeer> starting;
        lock (s_gate)
            starting = s_server ??= PostgresPeer.StartAsync(CancellationToken.None);
        var port = (await starting).Port;
        var server = string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={port};Username=postgres;Database=postgres");
        var schema = string.Create(CultureInfo.InvariantCulture, $"api{Interlocked.Increment(ref s_last)}");
        await using var connection = new NpgsqlConnection($"{server};Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand($"CREATE SCHEMA {schema}", connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        // Many applications at once on a small machine.
        return $"{server};Search Path={schema};Maximum Pool Size=3;Timeout=30;Command Timeout=30";
    }
}
