using L4Proxy.Store;

namespace L4Proxy.Storage.Tests.Stores;

/// <summary>A database of a test's own.</summary>
internal interface IDatabase : IAsyncDisposable
{
    /// <summary>A store on it, as another process would have; with migrations of a later version.</summary>
    Task<IL4Store> OpenAsync(params (string Name, string Sql)[] later);

    /// <summary>Goes behind its back.</summary>
    Task RunAsync(string sql);

    /// <summary>The first field of the first row.</summary>
    Task<string?> AskAsync(string sql);
}
