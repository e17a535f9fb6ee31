using L4Proxy.Configuration.Reading;

namespace L4Proxy.Configuration.Validation;

/// <summary>Collects what is wrong or odd, each up to a bound.</summary>
internal sealed class Findings(ICollection<L4ConfigError> errors, ICollection<L4ConfigError> warnings)
{
    private const int Max = 1000;
    private const int MaxHints = 100;

    private int _errors;
    private int _warnings;

    /// <summary>Adds what makes the configuration unusable.</summary>
    public void Error(ConfigPath path, string message) => Add(errors, ref _errors, path, message, "errors");

    /// <summary>Adds what is odd.</summary>
    public void Warning(ConfigPath path, string message) => Add(warnings, ref _warnings, path, message, "warnings");

    /// <summary>Adds that something of a name does not exist, with the nearest that does.</summary>
    public void Unknown(ConfigPath path, string kind, string name, IEnumerable<string> existing)
    {
        // Looking for the nearest of thousands, thousands of times, takes seconds.
        var hint = _errors < MaxHints ? NearestName.Hint(name, existing) : ".";
        Error(path, $"There is no {kind} {Quote.Text(name)}{hint}");
    }

    private static void Add(ICollection<L4ConfigError> list, ref int count, ConfigPath path, string message, string kind)
    {
        count++;
        if (count <= Max)
            list.Add(new L4ConfigError(path.ToString(), message));
        else if (count == Max + 1)
            list.Add(new L4ConfigError(path.ToString(), $"More is wrong from here on; only the first {Max} {kind} are listed."));
    }
}
