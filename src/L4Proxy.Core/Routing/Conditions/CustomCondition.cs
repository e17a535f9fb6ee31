using L4Proxy.Routing.Matchers;

namespace L4Proxy.Routing.Conditions;

/// <summary>What the application's own matchers say, all of those that are named. They are asked last, when everything else holds.</summary>
internal sealed class CustomCondition : Condition
{
    private readonly MatcherQuestion[] _questions;

    /// <summary>Compiles what the validator has accepted.</summary>
    /// <exception cref="ArgumentException">There is no matcher of a name.</exception>
    public CustomCondition(IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> custom, ConnectionMatchers matchers) =>
        _questions = [.. custom.OrderBy(item => item.Key, StringComparer.Ordinal).Select(item => new MatcherQuestion(
            matchers.Find(item.Key) ?? throw new ArgumentException($"There is no matcher '{item.Key}'.", nameof(custom)), item.Value))];

    public override ConditionResult Evaluate(in ConnectionFacts facts)
    {
        var all = ConditionResult.True;
        foreach (var question in _questions)
        {
            var answer = facts.Answers?.Find(question);
            if (answer == false)
                return ConditionResult.False;
            if (answer is null)
                all = ConditionResult.Ask;
        }

        return all;
    }

    public override MatcherQuestion? NextQuestion(in ConnectionFacts facts)
    {
        foreach (var question in _questions)
        {
            if (facts.Answers?.Find(question) is null)
                return question;
        }

        return null;
    }

    // Asked twice, a matcher may say two things.
    public override bool IsImpliedBy(Condition other) => false;

    public override string Describe(in ConnectionFacts facts)
    {
        var answers = facts.Answers;
        return string.Join(", ", _questions.Select(question => $"{question.Matcher.Name}: {answers?.Find(question) switch { true => "yes", false => "no", null => "not asked" }}"));
    }
}
