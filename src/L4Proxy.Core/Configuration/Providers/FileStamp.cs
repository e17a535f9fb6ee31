namespace L4Proxy.Configuration;

/// <summary>What the file system says of a file, without its content.</summary>
/// <param name="Written">When it was last written.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Target">Where its link ends, if it is one.</param>
internal sealed record FileStamp(DateTime Written, long Length, string? Target)
{
    /// <summary>The stamp of a file, following links; null if there is none.</summary>
    public static FileStamp? Of(string path)
    {
        try
        {
            var target = File.ResolveLinkTarget(path, returnFinalTarget: true);
            var file = new FileInfo(target?.FullName ?? path);
            return file.Exists ? new FileStamp(file.LastWriteTimeUtc, file.Length, target?.FullName) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
