using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Storage.Tests.Postgres;

[assembly: AssemblyFixture(typeof(PostgresServers))]

namespace L4Proxy.Storage.Tests.Postgres;

/// <summary>One server for all tests, started by the first that needs it; each has a schema of its own.</summary>
public sealed class PostgresServers : IAsyncDisposable
{
    private static readonly Lock s_gate = new();
    private static Task<PostgresPeer>? s_server;

    /// <summary>It. The test is skipped where PostgreSQL is not installed.</summary>
    internal static Task<PostgresPeer> GetAsync()
    {
        lock (s_gate)
            return s_server ??= PostgresPeer.StartAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (s_server is { IsCompletedSuccessfully: true })
            await (await s_server).DisposeAsync();
    }
}
