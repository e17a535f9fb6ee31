using L4Proxy.Configuration;
using L4Proxy.Prefaces;

namespace L4Proxy.Routing.Conditions;

/// <summary>
/// What a PostgreSQL client says in its start-up message; one that asks for TLS first has said neither user nor database, and says them where nobody
/// sees them if it gets TLS.
/// </summary>
internal sealed class PostgresCondition(L4PostgresMatch match) : ContentCondition<PostgresStartup>(PrefaceParsers.Postgres)
{
    private readonly TextGlobs? _database = TextGlobs.Read(match.Database);
    private readonly TextGlobs? _user = TextGlobs.Read(match.User);

    // Asking for nobody is asking for the protocol, which it stays in TLS.
    public override ConditionResult Evaluate(in ConnectionFacts facts) =>
        _database is null && _user is null && facts.Preface.Recognised.HasAny(Protocols) && !facts.Preface.RuledOut.HasAny(PrefaceParsers.Tls)
            ? ConditionResult.True
            : base.Evaluate(facts);

    public override bool IsImpliedBy(Condition other)
    {
        var theirs = (PostgresCondition)other;
        return TextGlobs.Imply(theirs._database, _database) && TextGlobs.Imply(theirs._user, _user);
    }

    protected override bool Holds(PostgresStartup content) =>
        (_database is null || (content.Database is { } database && _database.Matches(database)))
        && (_user is null || (content.User is { } user && _user.Matches(user)));

    protected override string Describe(PostgresStartup content) =>
        content.User is null ? $"{content.Message}, which names neither" : $"user {content.User}, database {content.Database}";
}
