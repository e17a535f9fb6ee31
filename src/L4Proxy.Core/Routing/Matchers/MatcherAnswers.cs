namespace L4Proxy.Routing.Matchers;

/// <summary>What the application's matchers have said of one connection. Of the connection's walk alone.</summary>
/// <param name="due">Until when they may be asked, all together; on the coarse clock.</param>
internal sealed class MatcherAnswers(long due)
{
    private readonly Dictionary<MatcherQuestion, bool> _answers = [];

    /// <summary>The same, to be gone on with.</summary>
    public static MatcherAnswers CopyOf(MatcherAnswers? answers)
    {
        var copy = new MatcherAnswers(answers?.Due ?? 0);
        foreach (var (question, holds) in answers?._answers ?? [])
            copy.Add(question, holds);
        return copy;
    }

    /// <summary>Until when they may be asked, all together; on the coarse clock.</summary>
    public long Due => due;

    /// <summary>Whether nothing was said yet.</summary>
    public bool IsEmpty => _answers.Count == 0;

    /// <summary>What was said; null where it was not asked yet.</summary>
    public bool? Find(MatcherQuestion question) => _answers.TryGetValue(question, out var holds) ? holds : null;

    public void Add(MatcherQuestion question, bool holds) => _answers.Add(question, holds);
}
