using L4Proxy.Configuration.Shapes;
using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Configuration;

/// <summary>The start-up message of PostgreSQL: lists are OR, fields are AND. <c>*</c> anywhere in a text stands for any characters.</summary>
public sealed record L4PostgresMatch
{
    /// <summary>Databases.</summary>
    public IReadOnlyList<string>? Database { get; init; }

    /// <summary>Users.</summary>
    public IReadOnlyList<string>? User { get; init; }

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new L4PostgresMatch());

        public static readonly Key<L4PostgresMatch, IReadOnlyList<string>> Database = new(Shape, MatchTexts, r => r.Database, (r, v) => r with { Database = v });
        public static readonly Key<L4PostgresMatch, IReadOnlyList<string>> User = new(Shape, MatchTexts, r => r.User, (r, v) => r with { User = v });
    }
}
