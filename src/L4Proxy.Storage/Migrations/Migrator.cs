using System.Data.Common;
using System.Reflection;
using Dapper;
using DbUp.Builder;
using DbUp.Engine;
using DbUp.ScriptProviders;
using L4Proxy.Store;

namespace L4Proxy.Storage.Migrations;

/// <summary>Brings a store up to date, by the scripts of a folder beside this.</summary>
/// <remarks>
/// DbUp's own transactions begin after it has read its journal, on a connection that it opens itself: of two gateways that start at once both would run a script. So the connection and
/// the transaction, which locks before anything is read, are ours, and DbUp knows of none.
/// </remarks>
/// <param name="folder">The folder: a database.</param>
/// <param name="begin">Begins a transaction that nobody else can be in at the same time.</param>
/// <param name="engine">DbUp for the database.</param>
internal sealed class Migrator(string folder, string begin, Func<MigrationConnections, UpgradeEngineBuilder> engine)
{
    /// <summary>All scripts, the oldest first.</summary>
    public IReadOnlyList<SqlScript> Scripts { get; private init; } = ScriptsOf(folder);

    /// <summary>The same of another version.</summary>
    public Migrator With(IReadOnlyList<SqlScript> scripts) => new(folder, begin, engine) { Scripts = scripts };

    /// <summary>All of it or nothing.</summary>
    /// <exception cref="StoreException">A newer version was here.</exception>
    /// <exception cref="DbException">What the database says.</exception>
    public void Upgrade(DbConnection connection, string name)
    {
        connection.Execute(begin);
        try
        {
            Upgrade(connection, name, new MigrationJournal());
            connection.Execute("COMMIT");
        }
        catch
        {
            TryRollBack(connection);
            throw;
        }
    }

    private void Upgrade(DbConnection connection, string name, MigrationJournal journal)
    {
        connection.Execute(MigrationJournal.Create);
        var known = Scripts.Select(script => script.Name).ToList();
        if (connection.Query<string>(MigrationJournal.Read).Except(known, StringComparer.Ordinal).Order(StringComparer.Ordinal).FirstOrDefault() is { } unknown)
        {
            throw new StoreException($"{name} was written by a newer version of L4Proxy: it has had migration '{unknown}', and this version's last one is '{known[^1]}'. "
                + "Use that version, or a backup.");
        }
        var connections = new MigrationConnections(connection);
        journal.Connections = connections;
        var result = engine(connections).WithScripts(new StaticScriptProvider(Scripts)).WithVariablesDisabled().WithoutTransaction().JournalTo(journal).LogToNowhere()
            .Build().PerformUpgrade();
        if (!result.Successful)
        {
            throw result.Error is DbException ? result.Error
                : new StoreException($"{name} cannot be brought up to date by '{result.ErrorScript?.Name}': {result.Error.Message}", result.Error);
        }
    }

    private static void TryRollBack(DbConnection connection)
    {
        try
        {
            connection.Execute("ROLLBACK");
        }
        catch (DbException)
        {
            // It is lost; the database rolls back by itself.
        }
    }

    private static List<SqlScript> ScriptsOf(string folder)
    {
        var assembly = Assembly.GetExecutingAssembly();
        return [.. assembly.GetManifestResourceNames().Where(name => name.StartsWith($"{folder}/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select(name => SqlScript.FromStream(name[(folder.Length + 1)..], assembly.GetManifestResourceStream(name)!))];
    }
}
