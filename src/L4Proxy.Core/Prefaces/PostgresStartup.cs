namespace L4Proxy.Prefaces;

/// <summary>What a PostgreSQL client sends first.</summary>
/// <param name="Message">The message's name: <c>StartupMessage</c>, <c>SSLRequest</c>, <c>GSSENCRequest</c> or <c>CancelRequest</c>.</param>
/// <param name="User">The user of a start-up message; else null.</param>
/// <param name="Database">Its database, which is called as the user is where it names none; else null.</param>
internal sealed record PostgresStartup(string Message, string? User = null, string? Database = null);
