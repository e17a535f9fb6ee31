using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using L4Proxy.Names;

namespace L4Proxy.Requests;

/// <summary>The changes of an <see cref="L4RouteHttp.Rewrite"/>, one after the other.</summary>
internal sealed class PathRewriting
{
    /// <summary>No destination is asked for a longer target.</summary>
    public const int MaxTarget = 16 * 1024;

    private const int MaxSteps = 16;
    private const int MaxText = 4096;

    private readonly List<Step> _steps;

    private PathRewriting(List<Step> steps) => _steps = steps;

    /// <summary>Reads them.</summary>
    /// <param name="config">As they are written.</param>
    /// <param name="path">Where they are.</param>
    /// <param name="value">They, read.</param>
    /// <param name="error">What is wrong, and where.</param>
    public static bool TryRead(IReadOnlyList<L4Rewrite> config, ConfigPath path, [NotNullWhen(true)] out PathRewriting? value, [NotNullWhen(false)] out (ConfigPath Path, string Message)? error)
    {
        (value, error) = (null, null);
        var steps = new List<Step>();
        for (var i = 0; i < config.Count && error is null; i++)
        {
            // Null has its own error.
            if (config[i] is not { } step)
                continue;
            if (i == MaxSteps)
                error = (path[i], $"There are at most {MaxSteps} changes of a path.");
            else if (Read(step, out var read, out var key) is { } wrong)
                error = (key is null ? path[i] : path[i][key], wrong);
            else
                steps.Add(read!);
        }
        value = error is null ? new(steps) : null;
        return error is null;
    }

    /// <summary>What a destination is asked for.</summary>
    /// <param name="asked">What the client has asked for.</param>
    /// <param name="prefix">What was taken away at the front, all together; empty where nothing was.</param>
    /// <param name="isWhole">Whether everything that was to be taken away was there.</param>
    /// <returns>Null where it is too long, or would lead out of where it says that it leads.</returns>
    public string? TargetFor(in RequestUrl asked, out string prefix, out bool isWhole)
    {
        (prefix, isWhole) = ("", true);
        var url = asked;
        foreach (var step in _steps)
        {
            if (step.Prefixes is { } prefixes)
            {
                var path = url.Path;
                var found = Array.Find(prefixes, one => path.StartsWith(one, StringComparison.Ordinal));
                isWhole &= found is not null;
                prefix += found;
                url = With(url, path[(found?.Length ?? 0)..]);
            }
            else if (step.Suffix is { } suffix && url.Path.EndsWith(suffix, StringComparison.Ordinal))
            {
                url = With(url, url.Path[..^suffix.Length]);
            }
            else if (step.Front is { } front)
            {
                url = With(url, front + url.Path);
            }
            else if (step.Regex is { } regex)
            {
                if (RegexReplacement.Replace(regex, url.Path, step.Template!, url, MaxTarget) is { } made)
                    url = With(url, made.Replace("?", "%3F", StringComparison.Ordinal).Replace("#", "%23", StringComparison.Ordinal));
            }
            else if (step.Template is { } template)
            {
                var parts = RequestUrl.Of(isTls: false, url.Authority, template.Expand(url));
                url = url with { Path = parts.Path, Query = template.HasQuery ? parts.Query : url.Query };
            }
            if (url.Path.Length + (url.Query?.Length ?? 0) > MaxTarget)
                return null;
        }
        // Of "/a..", without "/a", there would be "..".
        return PathText.HasDots(url.Path) ? null : url.Target;
    }

    private static RequestUrl With(in RequestUrl url, string path) => url with { Path = path.StartsWith('/') ? path : $"/{path}" };

    private static string? Read(L4Rewrite step, out Step? read, out string? key)
    {
        (read, key) = (null, null);
        var given = L4Rewrite.Keys.Shape.Keys.Where(one => one.Get(step) is not null).Select(one => one.Name).ToList();
        if (given is not ([_] or [nameof(step.Regex), nameof(step.With)]) || given is [nameof(step.With)])
            return "It is one of StripPrefix, StripSuffix, AddPrefix, Set, or Regex and With.";
        key = given[0];
        string?[] texts = [step.StripSuffix, step.AddPrefix, step.Set, step.Regex, step.With, .. step.StripPrefix ?? []];
        if (texts.Any(text => text?.Length > MaxText))
            return $"It is longer than {MaxText} characters.";
        if (step.StripPrefix is { } prefixes)
        {
            if (prefixes.Count == 0 || !prefixes.All(one => one is ['/', _, ..] && IsPlain(one)))
                return "The beginning of a path is a '/' and more, as '/api', without '?', '#' and segments of dots.";
            read = new() { Prefixes = [.. prefixes.Select(UrlText.Encode)] };
        }
        else if (step.StripSuffix is { } suffix)
        {
            if (suffix.Length == 0 || !IsPlain($"/{suffix}"))
                return "The end of a path is text without '?' and '#'.";
            read = new() { Suffix = UrlText.Encode(suffix) };
        }
        else if (step.AddPrefix is { } front)
        {
            if (front is not ['/', _, ..] || !IsPlain(front))
                return "The beginning of a path is a '/' and more, as '/api', without '?', '#' and segments of dots.";
            read = new() { Front = UrlText.Encode(front).TrimEnd('/') };
        }
        else if (step.Set is { } set)
        {
            if (!UrlTemplate.TryParse(set, [], out var template, out var error))
                return error;
            if (!set.StartsWith('/') && !set.StartsWith("{path}", StringComparison.Ordinal) && !set.StartsWith("{uri}", StringComparison.Ordinal))
                return "A path begins with '/'.";
            if (set.Any(letter => letter is <= ' ' or >= '\x7F' or '#'))
                return "It is no path: what is not ASCII, and blanks, are percent-encoded there.";
            read = new() { Template = template };
        }
        else
        {
            if (!LinearRegex.TryCreate(step.Regex!, ignoresCase: false, out var regex, out var error))
                return error;
            key = nameof(step.With);
            if (step.With?.Any(letter => letter is <= ' ' or >= '\x7F' or '?' or '#') == true)
                return "It is no part of a path: what is not ASCII, '?', '#' and blanks are percent-encoded there.";
            if (!UrlTemplate.TryParse(step.With ?? "", [.. regex.GetGroupNames()], out var with, out error))
                return error;
            read = new() { Regex = regex, Template = with };
        }
        return null;
    }

    private static bool IsPlain(string path) => !path.AsSpan().ContainsAny('?', '#', '\\') && !PathText.HasDots(path) && !path.Any(char.IsControl);

    /// <summary>One change.</summary>
    private sealed class Step
    {
        public string[]? Prefixes { get; init; }

        public string? Suffix { get; init; }

        public string? Front { get; init; }

        public Regex? Regex { get; init; }

        public UrlTemplate? Template { get; init; }
    }
}
