using System.Data;
using DbUp.Engine;

namespace L4Proxy.Storage.Migrations;

/// <summary>Which scripts have run. DbUp's own looks for its table in all schemas of a PostgreSQL database.</summary>
internal sealed class MigrationJournal : IJournal
{
    /// <summary>Makes the table, where there is none.</summary>
    public const string Create = "CREATE TABLE IF NOT EXISTS migrations (name TEXT NOT NULL PRIMARY KEY)";

    /// <summary>All that have run.</summary>
    public const string Read = "SELECT name FROM migrations";

    /// <summary>How to reach the database.</summary>
    public MigrationConnections? Connections { get; set; }

    public string[] GetExecutedScripts() => Connections!.ExecuteCommandsWithManagedConnection(create =>
    {
        using var command = create();
        command.CommandText = Read;
        using var reader = command.ExecuteReader();
        var names = new List<string>();
        while (reader.Read())
            names.Add(reader.GetString(0));
        return names.ToArray();
    });

    public void StoreExecutedScript(SqlScript script, Func<IDbCommand> dbCommandFactory)
    {
        using var command = dbCommandFactory();
        command.CommandText = "INSERT INTO migrations (name) VALUES (@name)";
        var name = command.CreateParameter();
        name.ParameterName = "name";
        name.Value = script.Name;
        command.Parameters.Add(name);
        command.ExecuteNonQuery();
    }

    public void EnsureTableExistsAndIsLatestVersion(Func<IDbCommand> dbCommandFactory)
    {
    }
}
