using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;

namespace L4Proxy.Peers.Tests;

/// <summary>Databases behind plain ports; MariaDB's server speaks first.</summary>
public sealed class DatabaseTests
{
    private const int LongAnswer = 3_000_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Row", "B1")]
    public async Task Psql_reaches_postgres()
    {
        await using var postgres = await PostgresPeer.StartAsync(Cancellation);
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.TcpPort(port, postgres.Port), Cancellation);

        await DatabaseClients.PsqlAsync(port, "create table t (id int); insert into t select generate_series(1, 1000)", Cancellation);

        Assert.Equal("500500", await DatabaseClients.PsqlAsync(port, "select sum(id) from t", Cancellation));
        var answer = await DatabaseClients.PsqlAsync(port, $"select repeat('x', {LongAnswer})", Cancellation);
        Assert.Equal(LongAnswer, answer.Length);
    }

    [Fact]
    [Trait("Row", "B1")]
    public async Task Mariadb_client_reaches_mariadb()
    {
        await using var mariaDb = await MariaDbPeer.StartAsync(Cancellation);
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.TcpPort(port, mariaDb.Port), Cancellation);

        await DatabaseClients.MariaDbAsync(port, "create database d; create table d.t (id int); insert into d.t values (40), (2)", Cancellation);

        Assert.Equal("42", await DatabaseClients.MariaDbAsync(port, "select sum(id) from d.t", Cancellation));
        var answer = await DatabaseClients.MariaDbAsync(port, $"select repeat('x', {LongAnswer})", Cancellation);
        Assert.Equal(LongAnswer, answer.Length);
    }

    [Fact]
    [Trait("Row", "B1")]
    public async Task Redis_cli_reaches_redis()
    {
        await using var redis = await RedisPeer.StartAsync(Cancellation);
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.TcpPort(port, redis.Port), Cancellation);

        Assert.Equal("OK", await DatabaseClients.RedisAsync(port, Cancellation, "SET", "key", "value"));

        Assert.Equal("value", await DatabaseClients.RedisAsync(port, Cancellation, "GET", "key"));
    }

    [Fact]
    [Trait("Row", "B1")]
    public async Task Several_databases_share_a_gateway()
    {
        await using var postgres = await PostgresPeer.StartAsync(Cancellation);
        await using var redis = await RedisPeer.StartAsync(Cancellation);
        var (postgresPort, redisPort) = (FreePorts.Next(), FreePorts.Next());
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.L4Only(
            $$"""
            {
              "Endpoints": {
                "postgres": { "Url": "tcp://127.0.0.1:{{postgresPort}}" },
                "redis": { "Url": "tcp://127.0.0.1:{{redisPort}}" }
              },
              "Routes": {
                "postgres": { "Endpoints": ["postgres"], "ClusterId": "postgres" },
                "redis": { "Endpoints": ["redis"], "ClusterId": "redis" }
              },
              "Clusters": {
                "postgres": { "Destinations": { "a": { "Address": "127.0.0.1:{{postgres.Port}}" } } },
                "redis": { "Destinations": { "a": { "Address": "127.0.0.1:{{redis.Port}}" } } }
              }
            }
            """), Cancellation);

        Assert.Equal("42", await DatabaseClients.PsqlAsync(postgresPort, "select 6*7", Cancellation));
        Assert.Equal("PONG", await DatabaseClients.RedisAsync(redisPort, Cancellation, "PING"));
    }
}
