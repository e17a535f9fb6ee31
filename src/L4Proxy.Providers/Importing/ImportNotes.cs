using L4Proxy.Configuration;

namespace L4Proxy.Providers.Importing;

/// <summary>Collects what could not be carried over, each up to a bound.</summary>
/// <param name="isLenient">Whether nothing of it is L4Proxy's business: what is lost is left out, then.</param>
internal sealed class ImportNotes(bool isLenient = false)
{
    private const int Max = 1000;

    private readonly List<L4ConfigError> _errors = [];
    private readonly List<L4ConfigError> _warnings = [];

    /// <summary>How much is lost so far.</summary>
    public int ErrorCount => _errors.Count;

    /// <summary>Something would behave otherwise, or not at all.</summary>
    public void Lost(string path, string message) => Add(isLenient ? _warnings : _errors, path, message);

    /// <summary>Something was left out that is none of L4Proxy's business.</summary>
    public void LeftOut(string path, string message) => Add(_warnings, path, message);

    /// <summary>Takes over what was left out of another part.</summary>
    public void Add(ImportNotes other) => other._warnings.ForEach(note => Add(_warnings, note.Path, note.Message));

    public L4ImportResult Result(L4Config config) => new(config, _errors, _warnings);

    private static void Add(List<L4ConfigError> list, string path, string message)
    {
        if (list.Count < Max)
            list.Add(new(path, message));
    }
}
