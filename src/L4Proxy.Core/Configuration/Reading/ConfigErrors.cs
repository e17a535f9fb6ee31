namespace L4Proxy.Configuration.Reading;

/// <summary>Collects what is wrong, up to a bound: a file that is something else altogether must not fill a log.</summary>
internal sealed class ConfigErrors
{
    private const int Max = 1000;

    private readonly List<L4ConfigError> _errors = [];

    /// <summary>Everything collected.</summary>
    public IReadOnlyList<L4ConfigError> All => _errors;

    /// <summary>Adds one.</summary>
    public void Add(ConfigPath path, string message)
    {
        if (_errors.Count < Max)
            _errors.Add(new L4ConfigError(path.ToString(), message));
        else if (_errors.Count == Max)
            _errors.Add(new L4ConfigError(path.ToString(), $"More is wrong from here on; only the first {Max} errors are listed."));
    }
}
