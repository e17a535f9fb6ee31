using System.Text;
using System.Text.RegularExpressions;
using L4Proxy.Names;
using L4Proxy.Prefaces.Http;

namespace L4Proxy.Providers.Traefik.Rules;

/// <summary>The rule of a router of HTTP: as far as it says hosts and beginnings of paths.</summary>
internal sealed partial class HttpRule(string text, RuleNode rule)
{
    /// <summary>Requests for every host.</summary>
    public const string AnyHost = "*";

    private const int MaxPlaces = 1000;

    /// <summary>What Traefik sorts it by, where its router says nothing else.</summary>
    public long Priority => Encoding.UTF8.GetByteCount(text);

    /// <summary>The requests that it takes.</summary>
    /// <exception cref="FormatException">It is wrong, or nothing here is like it.</exception>
    public IReadOnlyList<HttpPlace> Places()
    {
        var places = Places(rule);
        return [.. places.Select(place => place with { Host = place.Host ?? AnyHost })];
    }

    private static List<HttpPlace> Places(RuleNode node) => node switch
    {
        RuleList { IsAnd: true } list => list.Parts.Select(Places).Aggregate((one, other) => Bounded(from a in one from b in other select a.And(b) into both where both is not null select both.Value)),
        RuleList list => Bounded(list.Parts.SelectMany(Places)),
        RuleCall call => Bounded(call.Arguments.Count == 0 ? throw new FormatException($"'{call.Name}' needs a text.") : call.Arguments.Select(argument => Place(call, argument))),
        _ => throw new FormatException("What a request must not be like is not said of 'L7' routes."),
    };

    private static List<HttpPlace> Bounded(IEnumerable<HttpPlace> places)
    {
        List<HttpPlace> all = [.. places.Distinct().Take(MaxPlaces + 1)];
        return all.Count <= MaxPlaces ? all : throw new FormatException($"It takes more than {MaxPlaces} hosts and paths.");
    }

    private static HttpPlace Place(RuleCall call, string argument)
    {
        if (call.Is("PathPrefix"))
            return new(null, argument == "/" ? null : HttpPath.IsPrefix(argument) ? argument : throw new FormatException($"'{argument}' is not the beginning of a path."));
        if ((call.Is("Host") && argument == AnyHost) || (call.Is("HostRegexp") && Anything().IsMatch(argument)))
            return default;
        if (call.Is("Host") || call.Is("HostRegexp"))
            return new(call.Is("Host") ? HostOf(argument, argument) : HostOf(NamePattern.OfRegex(argument, isSecond: false), argument), null);
        throw new FormatException($"'L7' routes have nothing like '{call.Name}': there are hosts, and what paths begin with.");
    }

    /// <summary>A host: exact, with one label before it, which is Traefik's wildcard, or with any labels.</summary>
    private static string HostOf(string written, string argument)
    {
        var isExpression = !ReferenceEquals(written, argument);
        var host = isExpression ? OfExpression(written) : written.StartsWith("*.", StringComparison.Ordinal) ? $"{{_1}}{written[1..]}" : written;
        if (host is null || written.Contains('{', StringComparison.Ordinal) || !ServerNamePattern.TryParse(host, out var pattern, out _)
            || pattern is not ({ Kind: ServerNameKind.Exact or ServerNameKind.Labels } or { Kind: ServerNameKind.Suffix, CaptureNames.Count: 0 }))
            throw new FormatException($"No host of an 'L7' route is like '{argument}': that is a name, or any labels before one.");
        return pattern.ToString();
    }

    [GeneratedRegex(@"\A(?:\^?\.[*+]\$?|\{\w+:\.[*+]\})\z", RegexOptions.NonBacktracking)]
    private static partial Regex Anything();

    /// <summary>A name, or any labels before one, where an expression is no more than that.</summary>
    private static string? OfExpression(string pattern)
    {
        string[] anyLabels = [@".+\.", @".*\.", @"(?:.+)\.", @"(?:.*)\."];
        var front = Array.Find(anyLabels, labels => pattern.StartsWith(labels, StringComparison.Ordinal));
        var rest = pattern[(front?.Length ?? 0)..].Replace(@"\-", "-", StringComparison.Ordinal);
        // A dot that is not escaped would be any letter.
        var isName = rest.Replace(@"\.", "", StringComparison.Ordinal).All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-');
        return isName ? (front is null ? "" : "*.") + rest.Replace(@"\.", ".", StringComparison.Ordinal) : null;
    }
}
