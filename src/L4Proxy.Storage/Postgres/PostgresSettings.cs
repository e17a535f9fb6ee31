using Npgsql;

namespace L4Proxy.Storage.Postgres;

/// <summary>A connection string, with what is needed to notice within seconds that a server has gone. What the string says itself counts.</summary>
internal sealed class PostgresSettings
{
    // To give a command up takes a connection more, to say so: both together are to stay below ten seconds.
    private const int CommandSeconds = 5;
    private const int ConnectSeconds = 4;

    private readonly NpgsqlConnectionStringBuilder _builder;

    /// <summary>Reads a connection string.</summary>
    /// <exception cref="ArgumentException">It is none, or names no host.</exception>
    public PostgresSettings(string connectionString)
    {
        _builder = Parse(connectionString);
        Default("Application Name", () => _builder.ApplicationName = "L4Proxy");
        Default("Timeout", () => _builder.Timeout = ConnectSeconds);
        Default("Command Timeout", () => _builder.CommandTimeout = CommandSeconds);
        // What it says to that is not waited for.
        Default("Cancellation Timeout", () => _builder.CancellationTimeout = -1);
        // With it a connection that cannot be made is tried twice.
        Default("GSS Encryption Mode", () => _builder.GssEncryptionMode = GssEncryptionMode.Disable);
        Default("TCP Keepalive", () => _builder.TcpKeepAlive = true);
        Default("TCP Keepalive Time", () => _builder.TcpKeepAliveTime = CommandSeconds);
        Default("TCP Keepalive Interval", () => _builder.TcpKeepAliveInterval = 1);
        Default("Maximum Pool Size", () => _builder.MaxPoolSize = 10);
        if (_builder.Host?.Contains(',', StringComparison.Ordinal) == true)
        {
            // Of several only one can be written to, which may be another one at any time.
            Default("Target Session Attributes", () => _builder.TargetSessionAttributes = "primary");
            Default("Host Recheck Seconds", () => _builder.HostRecheckSeconds = 1);
        }
    }

    /// <summary>What the store is called in messages: no password.</summary>
    public string Name => $"postgres:{_builder.Host}{(_builder.Port == NpgsqlConnection.DefaultPort ? "" : $":{_builder.Port}")}/{_builder.Database ?? _builder.Username}";

    /// <summary>All of it.</summary>
    public string ConnectionString => _builder.ToString();

    /// <summary>Its connections.</summary>
    public NpgsqlDataSource Build() => new NpgsqlDataSourceBuilder(ConnectionString).Build();

    private static NpgsqlConnectionStringBuilder Parse(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        return string.IsNullOrEmpty(builder.Host)
            ? throw new ArgumentException("A PostgreSQL connection string must have a Host, as in 'Host=db.internal;Database=l4proxy;Username=l4proxy'.", nameof(connectionString)) : builder;
    }

    private void Default(string key, Action set)
    {
        // ContainsKey is true of all that it knows.
        if (!_builder.Keys.Cast<string>().Contains(key, StringComparer.OrdinalIgnoreCase))
            set();
    }
}
