using System.Data.Common;
using DbUp.Engine.Transactions;
using DbUp.Sqlite.Helpers;

namespace L4Proxy.Storage.Migrations;

/// <summary>The one connection that a store is brought up to date with, open before and after.</summary>
internal sealed class MigrationConnections(DbConnection connection) : DatabaseConnectionManager(_ => new SharedConnection(connection))
{
    // Both databases take several statements at once.
    public override IEnumerable<string> SplitScriptIntoCommands(string scriptContents) => [scriptContents];
}
