using L4Proxy.Storage.Sql;
using L4Proxy.Store;
using Microsoft.Data.Sqlite;

namespace L4Proxy.Storage.Sqlite;

/// <summary>What SQLite says, in words of ours.</summary>
internal static class SqliteErrors
{
    // https://www.sqlite.org/rescode.html
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int InputOutput = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int Constraint = 19;
    private const int NotADatabase = 26;

    public static StoreException Of(SqliteException e, string path) => e.SqliteErrorCode switch
    {
        Busy or Locked => new StoreUnavailableException($"{path} is locked by another process.", e),
        ReadOnly => new StoreUnavailableException($"{path} cannot be written to.", e),
        InputOutput => new StoreUnavailableException($"{path} cannot be read or written: {e.Message}", e),
        Full => new StoreUnavailableException($"The disk of {path} is full.", e),
        CannotOpen => new StoreUnavailableException($"{path} cannot be opened: {e.Message}", e),
        Corrupt => new StoreException($"{path} is damaged. Put a backup in its place.", e),
        NotADatabase => new StoreException($"{path} is damaged, or no SQLite database at all. Put a backup in its place.", e),
        Constraint => new BrokenRuleException($"The store does not take that: {e.Message}", e),
        _ => new StoreException($"{path}: {e.Message}", e),
    };
}
