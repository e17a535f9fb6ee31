using System.Diagnostics.CodeAnalysis;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;

namespace L4Proxy.Requests;

/// <summary>What a route does with requests beside proxying them, read once.</summary>
internal sealed class RequestRules
{
    private RequestRules(Redirection? redirect, FixedAnswer? answer, PathRewriting? rewrite) => (Redirect, Answer, Rewrite) = (redirect, answer, rewrite);

    /// <summary>Where clients are sent.</summary>
    public Redirection? Redirect { get; }

    /// <summary>What is answered.</summary>
    public FixedAnswer? Answer { get; }

    /// <summary>What is changed of paths.</summary>
    public PathRewriting? Rewrite { get; }

    /// <summary>Reads what the validator has accepted.</summary>
    /// <exception cref="ArgumentException">It would not have.</exception>
    public static RequestRules Of(L4RouteHttp config) =>
        TryRead(config, new("Http"), out var rules, out var error) ? rules : throw new ArgumentException($"{error.Value.Path}: {error.Value.Message}", nameof(config));

    /// <summary>Reads them.</summary>
    /// <param name="config">As they are written.</param>
    /// <param name="path">Where they are.</param>
    /// <param name="rules">They, read.</param>
    /// <param name="error">What is wrong with them, and where.</param>
    public static bool TryRead(L4RouteHttp config, ConfigPath path, [NotNullWhen(true)] out RequestRules? rules, [NotNullWhen(false)] out (ConfigPath Path, string Message)? error)
    {
        (rules, error) = (null, null);
        Redirection? redirect = null;
        FixedAnswer? answer = null;
        PathRewriting? rewrite = null;
        if (config.Redirect is { } given && !Redirection.TryRead(given, out redirect, out var key, out var wrong))
            error = (path["Redirect"][key], Quote.Plain(wrong, maxLength: 512));
        else if ((config.Respond is not { } respond || FixedAnswer.TryRead(respond, path["Respond"], out answer, out error))
            && (config.Rewrite is not { } steps || PathRewriting.TryRead(steps, path["Rewrite"], out rewrite, out error)))
            rules = new(redirect, answer, rewrite);
        return error is null;
    }
}
