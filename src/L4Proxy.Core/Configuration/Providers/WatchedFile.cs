namespace L4Proxy.Configuration;

/// <summary>Finds out cheaply whether a file may have changed.</summary>
/// <remarks>
/// What the file system says of a file is not proof: times are as coarse as the kernel's tick, so two writes within one look
/// the same, and a file of the same time and length can be moved into place. So after a change the content is looked at for
/// a while longer, and that of a small file always.
/// </remarks>
/// <param name="path">The absolute path.</param>
/// <param name="maxLength">How long a file may be, in bytes.</param>
internal sealed class WatchedFile(string path, long maxLength = WatchedFile.MaxLength)
{
    // Two seconds: FAT keeps times no finer.
    private const int LooksAfterChange = 8;
    private const long SmallLength = 64 * 1024;
    private const long MaxLength = 256 * 1024 * 1024;

    private FileStamp? _stamp = FileStamp.Of(path);
    private int _looksLeft = LooksAfterChange;
    private bool _unreadable;

    /// <summary>The absolute path.</summary>
    public string Path { get; } = path;

    /// <summary>Whether the content must be looked at.</summary>
    public bool HasPerhapsChanged()
    {
        var stamp = FileStamp.Of(Path);
        if (stamp != _stamp)
            (_stamp, _looksLeft) = (stamp, LooksAfterChange);
        else if (_looksLeft > 0)
            _looksLeft--;
        else
            return _unreadable || stamp is { Length: <= SmallLength };
        return true;
    }

    /// <summary>The content, or why there is none.</summary>
    public FileText Read()
    {
        var text = TryRead();
        // Permissions may change without the file.
        _unreadable = text.Content is null;
        return text;
    }

    private FileText TryRead()
    {
        try
        {
            if (Directory.Exists(Path))
                return FileText.Failed($"'{Path}' is a directory.");
            using var file = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            if (file.Length > maxLength)
                return FileText.Failed($"it is longer than {maxLength} bytes.");
            var content = new byte[file.Length];
            var length = file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            return FileText.Of(content.AsMemory(0, length));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return FileText.Failed(exception);
        }
    }
}
