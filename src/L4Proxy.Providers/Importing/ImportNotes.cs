using L4Proxy.Configuration;

namespace L4Proxy.Providers.Importing;

/// <summary>Collects what could not be carried over, each up to a bound.</summary>
internal sealed class ImportNotes
{
    private const int Max = 1000;

    private readonly Collected _collected;
    private readonly Func<string, string>? _place;
    private readonly bool _isMild;

    /// <summary>Nothing is lost yet.</summary>
    public ImportNotes() => _collected = new();

    private ImportNotes(Collected collected, Func<string, string>? place, bool isMild) => (_collected, _place, _isMild) = (collected, place, isMild);

    /// <summary>How often something was lost so far, whether it is listed or not, and whether it is an error or a warning.</summary>
    public int LossCount => _collected.Losses;

    /// <summary>The same notes for a part that has its own way to say where something is.</summary>
    public ImportNotes At(Func<string, string> place) => new(_collected, place, _isMild);

    /// <summary>The same notes for a part that is not layer 4: what is lost there is a warning.</summary>
    public ImportNotes Mild() => new(_collected, _place, isMild: true);

    /// <summary>Something would behave otherwise, or not at all.</summary>
    public void Lost(string path, string message)
    {
        _collected.Losses++;
        Add(_isMild ? _collected.Warnings : _collected.Errors, path, message);
    }

    /// <summary>Something was left out that is none of L4Proxy's business.</summary>
    public void LeftOut(string path, string message) => Add(_collected.Warnings, path, message);

    public L4ImportResult Result(L4Config config) => new(config, _collected.Errors, _collected.Warnings);

    private void Add(List<L4ConfigError> list, string path, string message)
    {
        if (list.Count >= Max)
            return;
        var note = new L4ConfigError(_place is null ? path : _place(path), message);
        // What several routes ask for is said once.
        if (_collected.Said.Add(note))
            list.Add(note);
    }

    private sealed class Collected
    {
        public List<L4ConfigError> Errors { get; } = [];

        public List<L4ConfigError> Warnings { get; } = [];

        public HashSet<L4ConfigError> Said { get; } = [];

        public int Losses { get; set; }
    }
}
