using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Tls;

/// <summary>Real PostgreSQL servers behind one port, told apart by the name in the TLS that psql asks for first.</summary>
[Trait("Runs", "Once")]
public sealed class PostgresTests : IDisposable
{
    private const string Show = "select current_setting('port') || ' ' || coalesce((select ssl::text from pg_stat_ssl where pid = pg_backend_pid()), '')";
    private const string Sleep = "select 'begun' where pg_sleep(600) is null";

    private readonly CertificateAuthority _authority = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_names_lead_to_two_servers_as_if_they_were_asked_directly()
    {
        await using var one = await PostgresPeer.StartAsync(Cancellation, _authority.ForServer("one.example.com"));
        await using var two = await PostgresPeer.StartAsync(Cancellation, _authority.ForServer("two.example.com"));
        await PasswordAsync(one, two);
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(TwoNames(port, one, two), Cancellation);

        foreach (var options in new[]
        {
            "sslmode=prefer", "sslmode=require", "sslmode=verify-full", "sslmode=verify-full gssencmode=prefer",
            "sslmode=verify-full user=alice password=secret channel_binding=require", "sslmode=verify-full ssl_min_protocol_version=TLSv1.2 ssl_max_protocol_version=TLSv1.2",
        })
        {
            foreach (var (name, server) in new[] { ("one", one), ("two", two) })
            {
                var connection = $"host={name}.example.com {options} sslrootcert={(options.Contains("verify", StringComparison.Ordinal) ? _authority.RootPath : "")}";
                var direct = await DatabaseClients.PsqlAsync(server.Port, connection, Show, Cancellation);
                var through = await DatabaseClients.PsqlAsync(port, connection, Show, Cancellation);

                Assert.Equal($"{server.Port} true", through.Succeeded());
                Assert.Equal(direct.Succeeded(), through.Output);
            }
        }
        // The certificate is the server's: another's is seen.
        Assert.Contains("does not match host name", (await DatabaseClients.PsqlAsync(port,
            $"host=zwei.example.com sslmode=verify-full sslrootcert={_authority.RootPath}", Show, Cancellation)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plaintext_goes_by_user_and_TLS_by_name()
    {
        await using var one = await PostgresPeer.StartAsync(Cancellation, _authority.ForServer("one.example.com"));
        await using var two = await PostgresPeer.StartAsync(Cancellation, _authority.ForServer("two.example.com"));
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(Gateway(port, """
            "one": { "Match": { "Protocols": ["postgres"], "Sni": ["one.example.com"] }, "ClusterId": "one" },
            "two": { "Match": { "Postgres": { "User": ["postgres"] } }, "ClusterId": "two" }
            """, one, two), Cancellation);

        Assert.Equal($"{one.Port} true", (await DatabaseClients.PsqlAsync(port, "host=one.example.com sslmode=require", Show, Cancellation)).Succeeded());
        Assert.Equal($"{two.Port} false", (await DatabaseClients.PsqlAsync(port, "host=one.example.com sslmode=disable", Show, Cancellation)).Succeeded());
    }

    [Fact]
    public async Task Where_users_decide_there_is_no_TLS_and_who_requires_it_is_told()
    {
        await using var one = await PostgresPeer.StartAsync(Cancellation, _authority.ForServer("one.example.com"));
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(Gateway(port, """
            "one": { "Match": { "Postgres": { "User": ["postgres"] } }, "ClusterId": "one" }
            """, one, one), Cancellation);

        foreach (var mode in new[] { "disable", "allow", "prefer" })
            Assert.Equal($"{one.Port} false", (await DatabaseClients.PsqlAsync(port, $"host=one.example.com sslmode={mode}", Show, Cancellation)).Succeeded());
        Assert.Contains("server does not support SSL, but SSL was required",
            (await DatabaseClients.PsqlAsync(port, "host=one.example.com sslmode=require", Show, Cancellation)).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Protocols", "[\"postgres\"]")]
    [InlineData("Postgres", "{}")]
    public async Task Where_the_protocol_decides_the_server_answers_itself(string key, string value)
    {
        await using var one = await PostgresPeer.StartAsync(Cancellation, _authority.ForServer("one.example.com"));
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(Gateway(port, $$"""
            "one": { "Match": { "{{key}}": {{value}} }, "ClusterId": "one" }
            """, one, one), Cancellation);

        Assert.Equal($"{one.Port} true", (await DatabaseClients.PsqlAsync(port,
            $"host=one.example.com sslmode=verify-full sslrootcert={_authority.RootPath}", Show, Cancellation)).Succeeded());
        Assert.Equal($"{one.Port} false", (await DatabaseClients.PsqlAsync(port, "sslmode=disable", Show, Cancellation)).Succeeded());
    }

    [Theory]
    [InlineData("tls", false, Traits = new[] { "Runs", "Soak" })]
    [InlineData("tls", true)]
    [InlineData("tcp", false)]
    [InlineData("tcp", true, Traits = new[] { "Runs", "Soak" })]
    public async Task TLS_ends_here_by_name_and_the_server_is_spoken_to_as_the_cluster_says(string scheme, bool encrypted)
    {
        var (first, second) = (_authority.ForServer("one.example.com"), _authority.ForServer("two.example.com"));
        await using var server = await PostgresPeer.StartAsync(Cancellation, _authority.ForServer("inner.example.com"));
        var port = FreePorts.Next();
        var tls = encrypted ? $$""" , "Tls": { "ServerName": "inner.example.com", "Ca": "{{_authority.RootPath}}" } """ : "";
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.L4Only($$"""
            {
              "Endpoints": { "in": { "Url": "{{scheme}}://127.0.0.1:{{port}}", "Certificates": [{{first.Json}}, {{second.Json}}] } },
              "Routes": { "all": { "Match": { "Sni": ["*.example.com"] }, "ClusterId": "out" {{(scheme == "tcp" ? """, "Tls": "Terminate" """ : "")}} } },
              "Clusters": { "out": { "Destinations": { "a": { "Address": "127.0.0.1:{{server.Port}}" } } {{tls}} } }
            }
            """), Cancellation);

        foreach (var name in new[] { "one", "two" })
        {
            var shown = await DatabaseClients.PsqlAsync(port, $"host={name}.example.com sslmode=verify-full sslrootcert={_authority.RootPath}", Show, Cancellation);
            Assert.Equal($"{server.Port} {(encrypted ? "true" : "false")}", shown.Succeeded());
        }
        // OpenSSL's own way of asking, and TLS at once, as of PostgreSQL 17.
        Assert.Equal(first.Sha256, await OpenSslClient.CertificateSha256Async("one.example.com", port, Cancellation, "-starttls", "postgres"));
        Assert.Equal(second.Sha256, await OpenSslClient.CertificateSha256Async("two.example.com", port, Cancellation, "-alpn", "postgresql"));
    }

    [Fact]
    public async Task Openssl_is_shown_the_certificate_of_the_server_with_and_without_asking_first()
    {
        var (certificate, shown) = (_authority.ForServer("one.example.com"), _authority.ForServer("two.example.com"));
        await using var one = await PostgresPeer.StartAsync(Cancellation, certificate);
        // It speaks TLS at once, as PostgreSQL 17 does.
        await using var direct = await OpenSslServer.StartAsync(shown, ["-quiet", "-alpn", "postgresql"], Cancellation);
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.L4Only($$"""
            {
              "Endpoints": { "in": { "Url": "tcp://127.0.0.1:{{port}}" } },
              "Routes": {
                "one": { "Match": { "Sni": ["one.example.com"] }, "ClusterId": "one" },
                "two": { "Match": { "Sni": ["two.example.com"], "Alpn": ["postgresql"] }, "ClusterId": "two" }
              },
              "Clusters": {
                "one": { "Destinations": { "a": { "Address": "127.0.0.1:{{one.Port}}" } } },
                "two": { "Destinations": { "a": { "Address": "127.0.0.1:{{direct.Port}}" } } }
              }
            }
            """), Cancellation);

        Assert.Equal(certificate.Sha256, await OpenSslClient.CertificateSha256Async("one.example.com", port, Cancellation, "-starttls", "postgres"));
        Assert.Equal(shown.Sha256, await OpenSslClient.CertificateSha256Async("two.example.com", port, Cancellation, "-alpn", "postgresql"));
    }

    [Fact]
    public async Task Ctrl_C_cancels_at_the_server_that_it_is_about()
    {
        await using var one = await PostgresPeer.StartAsync(Cancellation, _authority.ForServer("one.example.com"));
        await using var two = await PostgresPeer.StartAsync(Cancellation, _authority.ForServer("two.example.com"));
        var (named, shared) = (FreePorts.Next(), FreePorts.Next());
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.L4Only($$"""
            {
              "Endpoints": { "named": { "Url": "tcp://127.0.0.1:{{named}}" }, "shared": { "Url": "tcp://127.0.0.1:{{shared}}" } },
              "Routes": {
                "one": { "Endpoints": ["named"], "Match": { "Sni": ["one.example.com"] }, "ClusterId": "one" },
                "two": { "Endpoints": ["named"], "Match": { "Sni": ["two.example.com"] }, "ClusterId": "two" },
                "any": { "Endpoints": ["shared"], "Match": { "Protocols": ["postgres"] }, "ClusterId": "both" }
              },
              "Clusters": {
                "one": { "Destinations": { "a": { "Address": "127.0.0.1:{{one.Port}}" } } },
                "two": { "Destinations": { "a": { "Address": "127.0.0.1:{{two.Port}}" } } },
                "both": { "Destinations": { "a": { "Address": "127.0.0.1:{{one.Port}}" }, "b": { "Address": "127.0.0.1:{{two.Port}}" } } }
              }
            }
            """), Cancellation);

        foreach (var (port, connection) in new[]
        {
            (named, "host=one.example.com sslmode=require"), (named, "host=two.example.com sslmode=require"),
            (shared, "sslmode=disable"), (shared, "sslmode=disable"), (shared, "sslmode=require"),
        })
        {
            await using var psql = DatabaseClients.StartPsql(port, $"{connection} application_name=sleeper", Sleep);
            await Eventually.IsAsync("a query that sleeps", async () => await IsSleepingAsync(one) || await IsSleepingAsync(two), RunningProgram.UsualDeadline, Cancellation);
            Signal.Interrupt(psql.Id);

            Assert.Contains("canceling statement due to user request", (await psql.WaitForExitAsync(RunningProgram.UsualDeadline, Cancellation)).Error, StringComparison.Ordinal);
        }
        await gateway.Log.WaitForAsync("CancelForwarded", RunningProgram.UsualDeadline, Cancellation, count: 5);
    }

    [Fact]
    public async Task Many_connections_carry_what_pgbench_asks()
    {
        await using var one = await PostgresPeer.StartAsync(Cancellation, _authority.ForServer("one.example.com"));
        await using var two = await PostgresPeer.StartAsync(Cancellation, _authority.ForServer("two.example.com"));
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(TwoNames(port, one, two), Cancellation);
        var connection = $"host=one.example.com hostaddr=127.0.0.1 port={port} user=postgres dbname=postgres sslmode=verify-full sslrootcert={_authority.RootPath}";

        (await RunningProgram.RunAsync("pgbench", ["-i", "-q", "-s", "1", connection], Cancellation)).Succeeded();
        // A connection for each transaction.
        var result = await RunningProgram.RunAsync("pgbench", ["-n", "-S", "-C", "-c", "4", "-t", "25", connection], Cancellation);

        Assert.Contains("number of transactions actually processed: 100/100", result.Succeeded(), StringComparison.Ordinal);
        Assert.Contains("number of failed transactions: 0 ", result.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _authority.Dispose();

    private static async Task<bool> IsSleepingAsync(PostgresPeer server) => await DatabaseClients.PsqlAsync(server.Port,
        "select count(*) from pg_stat_activity where application_name = 'sleeper' and wait_event = 'PgSleep'", Cancellation) == "1";

    private static async Task PasswordAsync(params PostgresPeer[] servers)
    {
        foreach (var server in servers)
            await DatabaseClients.PsqlAsync(server.Port, "create role alice login password 'secret'", Cancellation);
    }

    private static string TwoNames(int port, PostgresPeer one, PostgresPeer two) => Gateway(port, """
        "one": { "Match": { "Protocols": ["postgres"], "Sni": ["one.example.com"] }, "ClusterId": "one" },
        "two": { "Match": { "Sni": ["two.example.com", "zwei.example.com"] }, "ClusterId": "two" }
        """, one, two);

    private static string Gateway(int port, string routes, PostgresPeer one, PostgresPeer two) => GatewayJson.L4Only($$"""
        {
          "Endpoints": { "in": { "Url": "tcp://127.0.0.1:{{port}}" } },
          "Routes": { {{routes}} },
          "Clusters": {
            "one": { "Destinations": { "a": { "Address": "127.0.0.1:{{one.Port}}" } } },
            "two": { "Destinations": { "a": { "Address": "127.0.0.1:{{two.Port}}" } } }
          }
        }
        """);
}
