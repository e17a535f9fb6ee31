using L4Proxy.Configuration.Reading;
using L4Proxy.Routing.Matchers;

namespace L4Proxy.Configuration.Validation;

/// <summary>Checks that the application's matchers that routes name are there, and has them check their settings.</summary>
internal sealed class ConnectionMatcherCheck(ConnectionMatchers matchers) : IConfigCheck
{
    public void Check(ConfigGraph graph, ICollection<L4ConfigError> errors, ICollection<L4ConfigError> warnings)
    {
        var findings = new Findings(errors, warnings);
        var routes = new ConfigPath(ConfigReader.SectionName)["Routes"];
        foreach (var (id, route) in graph.NewRoutes)
        {
            foreach (var (match, path) in NestedMatches.Of(route.Match, routes[id]["Match"]))
            {
                foreach (var (name, settings) in match.Custom ?? new Dictionary<string, IReadOnlyDictionary<string, string>>())
                {
                    if (matchers.Find(name) is not { } matcher)
                        findings.Unknown(path["Custom"][name], "connection matcher", name, matchers.Names);
                    else if (settings is not null) // A null has its own error.
                        ErrorsOf(matcher, settings).ForEach(error => findings.Error(path["Custom"][name], Quote.Plain(error, maxLength: 512)));
                }
            }
        }
    }

    // It is the application's: whatever it does, the other errors are listed, too.
    private static List<string> ErrorsOf(IL4ConnectionMatcher matcher, IReadOnlyDictionary<string, string> settings)
    {
        try
        {
            return [.. matcher.Validate(settings)];
        }
        catch (Exception e)
        {
            return [$"The matcher could not check its settings: {e.Message}"];
        }
    }
}
