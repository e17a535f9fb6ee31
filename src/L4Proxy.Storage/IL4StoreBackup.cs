namespace L4Proxy;

/// <summary>Copies the store while it is in use. In the services where the store is a SQLite file.</summary>
public interface IL4StoreBackup
{
    /// <summary>Writes a copy of the store: a SQLite database as of one moment, which can be put in the store's place while no gateway runs.</summary>
    /// <param name="path">The file to write. What is there is replaced when the copy is complete, and not touched where it fails. Only the user of the process can read it.</param>
    /// <param name="cancellationToken">Gives up before the copy is begun.</param>
    /// <returns>A task that ends when the copy is on the disk.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is null or empty, or the store itself.</exception>
    Task BackupAsync(string path, CancellationToken cancellationToken = default);
}
