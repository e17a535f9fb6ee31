using System.Diagnostics.CodeAnalysis;
using DnsClient;
using DnsClient.Protocol;

namespace L4Proxy.Destinations.NameServers;

/// <summary>What a name server says of one question, and of nothing else: what it adds about other names is not looked at.</summary>
/// <param name="Exists">Whether the name exists, perhaps without a record of this type.</param>
/// <param name="Records">The records of the name, or of that which it is an alias of.</param>
/// <param name="TimeToLive">How long they hold.</param>
internal sealed record NameServerAnswer(bool Exists, IReadOnlyList<DnsResourceRecord> Records, TimeSpan TimeToLive)
{
    // As many as BIND follows.
    private const int MostAliases = 16;

    /// <summary>Reads a response.</summary>
    /// <param name="response">It.</param>
    /// <param name="question">What was asked.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="failure">What the name server did instead, as in "... failed".</param>
    public static bool TryRead(
        IDnsQueryResponse response, DnsQuestion question, [NotNullWhen(true)] out NameServerAnswer? answer, [NotNullWhen(false)] out string? failure)
    {
        answer = null;
        failure = null;
        if (response.Questions is not [var asked] || !IsSame(asked.QueryName.Original, question.QueryName.Original) || asked.QuestionType != question.QuestionType)
            failure = "answered another question";
        else if (response.Header.ResponseCode is not (DnsHeaderResponseCode.NoError or DnsHeaderResponseCode.NotExistentDomain))
            failure = $"answered {response.Header.ResponseCode}";
        else
            answer = Read(response, question);
        return answer is not null;
    }

    private static NameServerAnswer Read(IDnsQueryResponse response, DnsQuestion question)
    {
        // Of an owner "Original" is as it was sent, and "Value" in the letters of its language; of what a record names it is the other way round.
        var (owner, seconds) = (question.QueryName.Value, int.MaxValue);
        for (var i = 0; i < MostAliases && response.Answers.OfType<CNameRecord>().FirstOrDefault(alias => IsSame(alias.DomainName.Original, owner)) is { } alias; i++)
            (owner, seconds) = (alias.CanonicalName.Value, Math.Min(seconds, alias.InitialTimeToLive));
        var records = response.Answers.Where(record => (int)record.RecordType == (int)question.QuestionType && IsSame(record.DomainName.Original, owner)).ToList();
        foreach (var record in records)
            seconds = Math.Min(seconds, record.InitialTimeToLive);
        // A number of 32 bits with its highest set is 0 (RFC 2181 section 8).
        return new(response.Header.ResponseCode == DnsHeaderResponseCode.NoError, records, TimeSpan.FromSeconds(Math.Max(0, seconds)));
    }

    private static bool IsSame(string name, string other) => name.AsSpan().TrimEnd('.').Equals(other.AsSpan().TrimEnd('.'), StringComparison.OrdinalIgnoreCase);
}
