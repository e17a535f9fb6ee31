using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Clients;

/// <summary>The <c>psql</c>, <c>mariadb</c> and <c>redis-cli</c> programs; each answers what its command printed.</summary>
internal static class DatabaseClients
{
    public static async Task<string> PsqlAsync(int port, string sql, CancellationToken cancellation) =>
        (await RunningProgram.RunAsync("psql",
            ["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", $"{port}", "-U", "postgres", "-c", sql],
            cancellation)).Succeeded();

    public static async Task<string> MariaDbAsync(int port, string sql, CancellationToken cancellation) =>
        (await RunningProgram.RunAsync("mariadb",
            ["--no-defaults", "--protocol=tcp", "-h", "127.0.0.1", "-P", $"{port}", "-u", "root", "-N", "-B", "-e", sql],
            cancellation)).Succeeded();

    public static async Task<string> RedisAsync(int port, CancellationToken cancellation, params string[] command) =>
        (await RunningProgram.RunAsync("redis-cli", ["-h", "127.0.0.1", "-p", $"{port}", .. command], cancellation)).Succeeded();
}
