using System.Net.Sockets;
using L4Proxy.Storage.Sql;
using L4Proxy.Store;
using Npgsql;

namespace L4Proxy.Storage.Postgres;

/// <summary>What PostgreSQL says, or that it says nothing, in words of ours.</summary>
internal static class PostgresErrors
{
    // Npgsql has no name for it.
    private const string IdleInTransaction = "25P03";

    public static bool IsAny(Exception e) => e is NpgsqlException or SocketException or IOException or TimeoutException or ObjectDisposedException;

    public static StoreException Of(Exception e, string name) => e switch
    {
        PostgresException said => OfServer(said, name),
        _ => new StoreUnavailableException($"{name} does not answer: {Innermost(e)}", e),
    };

    public static StoreUnavailableException Standby(string name, Exception? e = null) => new($"{name} is a standby, or only to be read.", e);

    // https://www.postgresql.org/docs/current/errcodes-appendix.html
    private static StoreException OfServer(PostgresException e, string name) => e.SqlState switch
    {
        // The latter is what a standby says of its position in the log.
        PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.ObjectNotInPrerequisiteState => Standby(name, e),
        PostgresErrorCodes.TooManyConnections => new StoreUnavailableException($"{name} has too many connections.", e),
        PostgresErrorCodes.CannotConnectNow => new StoreUnavailableException($"{name} is starting or stopping.", e),
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown => new StoreUnavailableException($"{name} was shut down.", e),
        IdleInTransaction => new StoreUnavailableException($"{name} waited too long: {e.MessageText}", e),
        // A connection's end, resources, an operator's hand, and the disk.
        ['0', '8', ..] or ['5', '3', ..] or ['5', '7', ..] or ['5', '8', ..] => new StoreUnavailableException($"{name} cannot: {e.MessageText}", e),
        // Others are in the way, for now.
        ['4', '0', ..] or PostgresErrorCodes.LockNotAvailable => new StoreUnavailableException($"{name} is busy: {e.MessageText}", e),
        ['2', '3', ..] => new BrokenRuleException($"The store does not take that: {e.MessageText}", e),
        ['2', '8', ..] => new StoreException($"{name} lets nobody in with these credentials: {e.MessageText}", e),
        PostgresErrorCodes.InsufficientPrivilege => new StoreException($"{name} refuses a right that is needed: {e.MessageText}", e),
        _ => new StoreException($"{name}: {e.MessageText}", e),
    };

    private static string Innermost(Exception e)
    {
        while (e.InnerException is { } inner)
            e = inner;
        return e.Message;
    }
}
