using L4Proxy.Configuration;

namespace L4Proxy.Providers.Importing;

/// <summary>Collects what could not be carried over, each up to a bound.</summary>
internal sealed class ImportNotes
{
    private const int Max = 1000;

    private readonly List<L4ConfigError> _errors = [];
    private readonly List<L4ConfigError> _warnings = [];

    // What several routes ask for is said once.
    private readonly HashSet<(string Path, string Message)> _said = [];

    /// <summary>How often something was lost so far, listed or not.</summary>
    public int ErrorCount { get; private set; }

    /// <summary>Something would behave otherwise, or not at all.</summary>
    public void Lost(string path, string message)
    {
        ErrorCount++;
        Add(_errors, path, message);
    }

    /// <summary>Something was left out that is none of L4Proxy's business.</summary>
    public void LeftOut(string path, string message) => Add(_warnings, path, message);

    public L4ImportResult Result(L4Config config) => new(config, _errors, _warnings);

    private void Add(List<L4ConfigError> list, string path, string message)
    {
        if (list.Count < Max && _said.Add((path, message)))
            list.Add(new(path, message));
    }
}
