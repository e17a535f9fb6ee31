namespace L4Proxy.Storage.Sql;

/// <summary>
/// Every statement, once for all databases. Rows go as one parameter <c>@rows</c>, a JSON array of objects, which both databases read by themselves: ten thousand need no more round
/// trips than ten. Only how an array becomes rows is a dialect's to say.
/// </summary>
/// <param name="rows">A table <c>r</c> with a column <c>value</c>, of the array <c>@rows</c>.</param>
internal sealed class Statements(string rows)
{
    private static readonly string s_changed = string.Join(" UNION ALL ", SqlTable.All.Select(table =>
        $"SELECT CAST({(int)table.Kind} AS BIGINT) AS Kind, id AS Id, owner AS Owner, body AS Body, revision AS Revision FROM {table.Name} WHERE revision > @since"));

    /// <summary>All items that were written after a revision.</summary>
    public static string Written => s_changed;

    /// <summary>What was taken away after a revision.</summary>
    public static string RemovedSince => "SELECT CAST(kind AS BIGINT) AS Kind, id AS Id FROM removed WHERE revision > @since";

    /// <summary>Counts a write, where nobody was faster.</summary>
    public static string Advance => "UPDATE store SET revision = revision + 1 WHERE revision = @expected";

    /// <summary>What nobody needs to know any longer.</summary>
    public static string Forget => "DELETE FROM removed WHERE revision <= @upTo; DELETE FROM audit WHERE revision <= @upTo";

    /// <summary>Remembers a write.</summary>
    public static string Audit => "INSERT INTO audit (revision, at, actor, action, items) VALUES (@Revision, @At, @Actor, @Action, @Items)";

    /// <summary>The last writes.</summary>
    public static string ReadAudit => "SELECT revision AS Revision, at AS At, actor AS Actor, action AS Action, items AS Items FROM audit ORDER BY revision DESC LIMIT @most";

    /// <summary>Takes items away, by their ids.</summary>
    public string Delete(string table, string column = "id") => $"DELETE FROM {table} WHERE {column} IN (SELECT r.value->>'id' FROM {rows})";

    /// <summary>Writes items, whether they are new or not.</summary>
    public string Put(SqlTable table)
    {
        // WHERE TRUE: without it SQLite takes ON for a part of the join.
        var columns = string.Concat(table.Columns.Select(column => $", {column}"));
        var values = string.Concat(table.Columns.Select(column => SqlTable.IsNumber(column) ? $", CAST(r.value->>'{column}' AS INTEGER)" : $", r.value->>'{column}'"));
        var updates = string.Concat(table.Columns.Select(column => $", {column} = excluded.{column}"));
        return $"INSERT INTO {table.Name} (id, owner, body, revision{columns}) SELECT r.value->>'id', r.value->>'owner', r.value->>'body', @revision{values} FROM {rows} WHERE TRUE "
            + $"ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, body = excluded.body, revision = excluded.revision{updates}";
    }

    /// <summary>The ports that endpoints listen on.</summary>
    public string PutListens => "INSERT INTO listens (protocol, address, port, endpoint_id) "
        + $"SELECT r.value->>'protocol', r.value->>'address', CAST(r.value->>'port' AS INTEGER), r.value->>'id' FROM {rows} WHERE TRUE";

    /// <summary>Remembers what was taken away.</summary>
    public string PutRemoved => $"INSERT INTO removed (kind, id, revision) SELECT CAST(r.value->>'kind' AS INTEGER), r.value->>'id', @revision FROM {rows} WHERE TRUE "
        + "ON CONFLICT (kind, id) DO UPDATE SET revision = excluded.revision";
}
