namespace L4Proxy.Storage.Sql;

/// <summary>A statement, and the rows that it is about.</summary>
internal readonly record struct SqlStep(string Sql, string Rows);
