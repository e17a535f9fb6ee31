using System.Data.Common;
using Dapper;
using L4Proxy.Store;

namespace L4Proxy.Storage.Sql;

/// <summary>A store that is a database: the rules, the same for all of them. What is left to one is its connections, its errors, and how it tells of changes.</summary>
internal abstract class SqlStore(Statements statements) : IL4Store
{
    // Of so many writes is remembered who made them and what they took away. Whoever has seen none of them reads everything.
    private const int Remembered = 10_000;

    private readonly WriteSteps _steps = new(statements);

    public abstract string Name { get; }

    public bool IsDurable => true;

    public abstract Task OpenAsync(CancellationToken cancellationToken);

    public abstract Task WaitForChangeAsync(long seen, CancellationToken cancellationToken);

    public virtual Task RestAsync() => Task.CompletedTask;

    public Task<StoreState> ReadAsync(StoreState known, CancellationToken cancellationToken) => UseAsync(
        async connection =>
        {
            // One moment of it.
            await using var transaction = await BeginReadAsync(connection, cancellationToken);
            return await ReadAsync(connection, known, cancellationToken);
        },
        cancellationToken);

    public async Task<bool> TryWriteAsync(StoreWrite write, CancellationToken cancellationToken)
    {
        List<SqlStep> steps = [.. _steps.Of(write)];
        try
        {
            return await UseAsync(connection => TryWriteAsync(connection, write, steps, cancellationToken), cancellationToken);
        }
        catch (BrokenRuleException e)
        {
            var state = await ReadAsync(StoreState.Empty, cancellationToken);
            return state.Revision == write.Expected ? throw new StoreException(Clashes.In(state.After(write.Changes, write.Expected + 1)) ?? e.Message, e) : false;
        }
    }

    public Task<IReadOnlyList<StoreAudit>> ReadAuditAsync(int most, CancellationToken cancellationToken) => UseAsync(
        async connection =>
        {
            var rows = await connection.QueryAsync<AuditRow>(new CommandDefinition(Statements.ReadAudit, new { most }, cancellationToken: cancellationToken));
            return (IReadOnlyList<StoreAudit>)[.. rows.Select(row => row.ToAudit())];
        },
        cancellationToken);

    /// <summary>The id and the revision, as columns of <c>store</c>.</summary>
    protected abstract string HeadSql { get; }

    /// <summary>Does something with a connection.</summary>
    /// <exception cref="BrokenRuleException">A constraint would be broken.</exception>
    /// <exception cref="StoreException">Whatever else the database says.</exception>
    protected abstract Task<T> UseAsync<T>(Func<DbConnection, Task<T>> use, CancellationToken cancellationToken);

    /// <summary>A transaction that sees one moment of the database.</summary>
    protected abstract ValueTask<DbTransaction> BeginReadAsync(DbConnection connection, CancellationToken cancellationToken);

    /// <summary>A transaction to write in.</summary>
    protected abstract ValueTask<DbTransaction> BeginWriteAsync(DbConnection connection, CancellationToken cancellationToken);

    /// <summary>Tells others of a write, when it is committed.</summary>
    protected virtual Task NotifyAsync(DbConnection connection, long revision) => Task.CompletedTask;

    /// <summary>What it has now.</summary>
    protected Task<StoreHead> HeadAsync(DbConnection connection, CancellationToken cancellationToken) =>
        connection.QuerySingleAsync<StoreHead>(new CommandDefinition(HeadSql, cancellationToken: cancellationToken));

    private async Task<StoreState> ReadAsync(DbConnection connection, StoreState known, CancellationToken cancellationToken)
    {
        var head = await HeadAsync(connection, cancellationToken);
        var isSame = head.Id == known.StoreId && known.Revision <= head.Revision && known.Revision >= head.Revision - Remembered;
        if (isSame && known.Revision == head.Revision)
            return known;
        var since = isSame ? known.Revision : -1;
        var items = (await connection.QueryAsync<ItemRow>(new CommandDefinition(Statements.Written, new { since }, cancellationToken: cancellationToken))).Select(row => row.ToItem());
        if (!isSame)
            return StoreState.Of(head.Revision, items, head.Id);
        var removed = await connection.QueryAsync<ItemRow>(new CommandDefinition(Statements.RemovedSince, new { since }, cancellationToken: cancellationToken));
        return known.With(head.Revision, items, removed.Select(row => ((StoreKind)row.Kind, row.Id)));
    }

    private async Task<bool> TryWriteAsync(DbConnection connection, StoreWrite write, List<SqlStep> steps, CancellationToken cancellationToken)
    {
        await using var transaction = await BeginWriteAsync(connection, cancellationToken);
        if (await AdvanceAsync(connection, write, cancellationToken) == 0)
            return false;
        var revision = write.Expected + 1;
        foreach (var (sql, rows) in steps)
            await connection.ExecuteAsync(new CommandDefinition(sql, new { rows, revision }, cancellationToken: cancellationToken));
        await connection.ExecuteAsync(Statements.Audit, AuditRow.Of(StoreAudit.Of(write)));
        await connection.ExecuteAsync(Statements.Forget, new { upTo = revision - Remembered });
        await NotifyAsync(connection, revision);
        // Not given up half way: nobody would know whether it was made.
        await transaction.CommitAsync(CancellationToken.None);
        return true;
    }

    private async Task<int> AdvanceAsync(DbConnection connection, StoreWrite write, CancellationToken cancellationToken)
    {
        if (write.StoreId.Length > 0 && (await HeadAsync(connection, cancellationToken)).Id != write.StoreId)
            return 0;
        return await connection.ExecuteAsync(new CommandDefinition(Statements.Advance, new { expected = write.Expected }, cancellationToken: cancellationToken));
    }
}
