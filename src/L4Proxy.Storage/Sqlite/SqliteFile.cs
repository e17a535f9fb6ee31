using Dapper;
using L4Proxy.Store;
using Microsoft.Data.Sqlite;

namespace L4Proxy.Storage.Sqlite;

/// <summary>The file, and connections to it.</summary>
internal sealed class SqliteFile(string path)
{
    // It may hold passwords.
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>How long another process may have it locked.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Makes it, where there is none: for nobody else to read.</summary>
    /// <exception cref="StoreException">There is no such directory.</exception>
    public void Create()
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } directory && !Directory.Exists(directory))
            throw new StoreException($"There is no directory '{directory}' for the store {path}.");
        try
        {
            // Never opens one that is there: closing it would lose SQLite the locks that this process has on it.
            New(path).Dispose();
        }
        catch (IOException) when (File.Exists(path))
        {
        }
    }

    /// <summary>A connection. What it has committed is on the disk.</summary>
    public SqliteConnection Open() => Open(path, SqliteOpenMode.ReadWrite);

    /// <summary>Copies it while it is written to. The copy appears under its name when it is whole.</summary>
    /// <exception cref="ArgumentException">It is the file itself.</exception>
    public void BackUp(string to)
    {
        if (Path.GetFullPath(to) == Path.GetFullPath(path))
            throw new ArgumentException($"{to} is the store itself.", nameof(to));
        var part = $"{to}.{Guid.NewGuid():N}.part";
        try
        {
            New(part).Dispose();
            using (var from = Open())
            using (var copy = Open(part, SqliteOpenMode.ReadWrite))
            {
                from.BackupDatabase(copy);
                // One file, without a log beside it.
                copy.Execute("PRAGMA journal_mode = DELETE");
            }
            using (var written = new FileStream(part, FileMode.Open, FileAccess.ReadWrite))
                written.Flush(flushToDisk: true);
            File.Move(part, to, overwrite: true);
        }
        finally
        {
            File.Delete(part);
        }
    }

    private SqliteConnection Open(string file, SqliteOpenMode mode)
    {
        var seconds = (int)Math.Ceiling(Patience.TotalSeconds);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = mode, Pooling = false, ForeignKeys = true, DefaultTimeout = seconds }.ToString());
        try
        {
            connection.Open();
            connection.Execute($"PRAGMA busy_timeout = {(int)Patience.TotalMilliseconds}; PRAGMA synchronous = FULL");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static FileStream New(string file)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.ReadWrite };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = Mode;
        return new(file, options);
    }
}
