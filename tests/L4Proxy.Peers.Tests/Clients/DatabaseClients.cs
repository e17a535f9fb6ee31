using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Clients;

/// <summary>The <c>psql</c>, <c>mariadb</c> and <c>redis-cli</c> programs; each answers what its command printed.</summary>
internal static class DatabaseClients
{
    public static async Task<string> PsqlAsync(int port, string sql, CancellationToken cancellation) =>
        (await RunningProgram.RunAsync("psql",
            ["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", $"{port}", "-U", "postgres", "-c", sql],
            cancellation)).Succeeded();

    /// <summary>psql by a connection string on top of <c>hostaddr=127.0.0.1</c>, as whoever it names, else as <c>postgres</c>.</summary>
    public static Task<ProgramResult> PsqlAsync(int port, string connection, string sql, CancellationToken cancellation) =>
        RunningProgram.RunAsync("psql", PsqlArguments(port, connection, sql), cancellation);

    /// <summary>Leaves it running.</summary>
    public static RunningProgram StartPsql(int port, string connection, string sql) => RunningProgram.Start("psql", PsqlArguments(port, connection, sql));

    public static async Task<string> MariaDbAsync(int port, string sql, CancellationToken cancellation) =>
        (await RunningProgram.RunAsync("mariadb",
            ["--no-defaults", "--protocol=tcp", "-h", "127.0.0.1", "-P", $"{port}", "-u", "root", "-N", "-B", "-e", sql],
            cancellation)).Succeeded();

    private static string[] PsqlArguments(int port, string connection, string sql) =>
        ["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-d", $"dbname=postgres user=postgres hostaddr=127.0.0.1 port={port} {connection}", "-c", sql];

    public static async Task<string> RedisAsync(int port, CancellationToken cancellation, params string[] command) =>
        (await RunningProgram.RunAsync("redis-cli", ["-h", "127.0.0.1", "-p", $"{port}", .. command], cancellation)).Succeeded();

    /// <summary>The same over TLS, with a certificate of its own if one is given; skips the test where it was built without TLS.</summary>
    public static async Task<ProgramResult> RedisTlsAsync(int port, string trusted, ServerCertificate? certificate,
        CancellationToken cancellation, params string[] command)
    {
        var help = await RunningProgram.RunAsync("redis-cli", ["--help"], cancellation);
        Assert.SkipUnless($"{help.Output}{help.Error}".Contains("--tls", StringComparison.Ordinal), "redis-cli was built without TLS");
        string[] shown = certificate is null ? [] : ["--cert", certificate.CertificatePath, "--key", certificate.KeyPath];
        return await RunningProgram.RunAsync("redis-cli",
            ["-h", "localhost", "-p", $"{port}", "--tls", "--sni", "localhost", "--cacert", trusted, .. shown, .. command], cancellation);
    }
}
