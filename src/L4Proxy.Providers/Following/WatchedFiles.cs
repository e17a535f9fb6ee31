using L4Proxy.Configuration;

namespace L4Proxy.Providers.Following;

/// <summary>Some files, by name; which ones there are may change. What is being written is not believed before it stays so.</summary>
/// <param name="list">Their absolute paths; throws <see cref="IOException"/> where that cannot be said.</param>
internal sealed class WatchedFiles(Func<IEnumerable<string>> list)
{
    private readonly Dictionary<string, WatchedFile> _files = new(StringComparer.Ordinal);
    private Dictionary<string, FileText>? _read;
    private Dictionary<string, FileText>? _suspect;

    /// <summary>Whether they were what they are at the look before, too.</summary>
    public bool AreSettled => _suspect is null;

    /// <summary>When one of them was written last; null where there is none.</summary>
    public DateTime? Written => _files.Keys.Select(path => FileStamp.Of(path)?.Written).Max();

    /// <summary>The files as they are now, whatever they are.</summary>
    public IReadOnlyList<KeyValuePair<string, FileText>> ReadNow()
    {
        Follow();
        _read = _files.ToDictionary(file => file.Key, file => file.Value.Read());
        return InOrder(_read);
    }

    /// <summary>The files, where they are others than before and were the same at the last look; null otherwise.</summary>
    public IReadOnlyList<KeyValuePair<string, FileText>>? ReadIfChanged()
    {
        var hasOthers = Follow();
        if (!_files.Values.Aggregate(hasOthers || _suspect is not null, (hasChanged, file) => file.HasPerhapsChanged() || hasChanged))
            return null;
        var now = _files.ToDictionary(file => file.Key, file => file.Value.Read());
        // They are read again, and until then nothing is known of a change.
        if (now.Values.Any(text => text.IsOutOfDescriptors))
            return null;
        if (_read is not null && AreSame(now, _read))
        {
            _suspect = null;
            return null;
        }
        if (_suspect is null || !AreSame(now, _suspect))
        {
            _suspect = now;
            return null;
        }
        (_read, _suspect) = (now.ToDictionary(file => file.Key, file => file.Value.WithoutContent()), null);
        return InOrder(now);
    }

    private bool Follow()
    {
        var paths = list().ToHashSet(StringComparer.Ordinal);
        var gone = _files.Keys.Where(path => !paths.Contains(path)).ToList();
        gone.ForEach(path => _files.Remove(path));
        return paths.Count(path => _files.TryAdd(path, new WatchedFile(path))) + gone.Count > 0;
    }

    private static bool AreSame(Dictionary<string, FileText> one, Dictionary<string, FileText> other) =>
        one.Count == other.Count && one.All(file => other.TryGetValue(file.Key, out var text) && text.IsSame(file.Value));

    private static List<KeyValuePair<string, FileText>> InOrder(Dictionary<string, FileText> files) => [.. files.OrderBy(file => file.Key, StringComparer.Ordinal)];
}
