using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Peers;

namespace L4Proxy.Peers.Tests.Direct;

[Trait("Runs", "Once")]
public sealed class DatabasePeerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Psql_asks_postgres()
    {
        await using var postgres = await PostgresPeer.StartAsync(Cancellation);

        Assert.Equal("42", await DatabaseClients.PsqlAsync(postgres.Port, "select 6*7", Cancellation));
    }

    [Fact]
    public async Task Mariadb_client_asks_mariadb()
    {
        await using var mariaDb = await MariaDbPeer.StartAsync(Cancellation);

        Assert.Equal("42", await DatabaseClients.MariaDbAsync(mariaDb.Port, "select 6*7", Cancellation));
    }

    [Fact]
    public async Task Redis_cli_asks_redis()
    {
        await using var redis = await RedisPeer.StartAsync(Cancellation);

        Assert.Equal("PONG", await DatabaseClients.RedisAsync(redis.Port, Cancellation, "PING"));
    }
}
