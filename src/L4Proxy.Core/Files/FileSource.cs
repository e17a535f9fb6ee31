using L4Proxy.Configuration;

namespace L4Proxy.Files;

/// <summary>
/// What is made of one file or two, and made anew when they change. What cannot be used never takes the place of what could:
/// a certificate and its key are written one after the other.
/// </summary>
internal abstract class FileSource
{
    /// <summary>How long a file of certificates may be, in bytes.</summary>
    public const long FewBytes = 1024 * 1024;

    private readonly (string Key, WatchedFile File)[] _files;
    private FileText[] _seen;
    private FileFaultException? _suspect;

    /// <summary>Names the files, each with the key of the configuration that gives it.</summary>
    protected FileSource(params ReadOnlySpan<(string Key, string Path)> files)
        : this(FewBytes, files)
    {
    }

    /// <summary>Names the files, and how long each may be, in bytes.</summary>
    protected FileSource(long maxLength, params ReadOnlySpan<(string Key, string Path)> files)
    {
        _files = new (string, WatchedFile)[files.Length];
        for (var i = 0; i < files.Length; i++)
            _files[i] = (files[i].Key, new WatchedFile(files[i].Path, maxLength));
        _seen = [];
    }

    /// <summary>The path of the first file.</summary>
    public string Path => _files[0].File.Path;

    /// <summary>What was made last; null before anything could be.</summary>
    public abstract ILoadedFile? Loaded { get; }

    /// <summary>Why the files cannot be used as they are now, or null.</summary>
    public FileFaultException? Fault { get; private set; }

    /// <summary>Reads the files for the first time.</summary>
    public void Load() => Fault = TryMake(Read());

    /// <summary>Looks whether the files have changed.</summary>
    /// <returns>Whether <see cref="Loaded"/> or <see cref="Fault"/> is another now.</returns>
    public bool Look()
    {
        var perhaps = false;
        foreach (var (_, file) in _files)
            perhaps |= file.HasPerhapsChanged();
        if (!perhaps)
            return false;
        var texts = Read();
        if (texts.Any(text => text.IsOutOfDescriptors))
            return false;
        if (!texts.Zip(_seen, (now, before) => now.IsSame(before)).All(same => same))
        {
            // What cannot be used may be half written, and is believed only when it stays so.
            _suspect = TryMake(texts);
            if (_suspect is not null)
                return false;
        }
        else if (_suspect is null)
        {
            return false;
        }

        (Fault, _suspect) = (_suspect, null);
        return true;
    }

    /// <summary>Makes <see cref="Loaded"/> of the files' contents.</summary>
    /// <exception cref="FileFaultException">They cannot be used.</exception>
    protected abstract void Make(IReadOnlyList<ReadOnlyMemory<byte>> contents);

    private FileText[] Read() => [.. _files.Select(item => item.File.Read())];

    private FileFaultException? TryMake(FileText[] texts)
    {
        _seen = [.. texts.Select(text => text.WithoutContent())];
        try
        {
            for (var i = 0; i < texts.Length; i++)
            {
                if (texts[i].Error is { } error)
                    throw new FileFaultException(_files[i].Key, $"The file cannot be read: {error}");
            }

            Make([.. texts.Select(text => text.Content!.Value)]);
            return null;
        }
        catch (FileFaultException fault)
        {
            return fault;
        }
        catch (Exception exception)
        {
            // Files hold more than anyone foresees; the runtime's messages name algorithms, never a key.
            return new FileFaultException(_files[0].Key, $"The file cannot be used: {exception.Message}");
        }
    }
}
