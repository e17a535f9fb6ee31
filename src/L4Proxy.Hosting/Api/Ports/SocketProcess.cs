using System.Globalization;

namespace L4Proxy.Api.Ports;

/// <summary>Says which process has a socket, on Linux and where that may be looked at: mostly only processes of the same user.</summary>
internal static class SocketProcess
{
    /// <summary>Whether this process has it.</summary>
    public static bool IsOurs(long inode) => Has("/proc/self", LinkOf(inode));

    /// <summary>The process in words; null where it cannot be seen.</summary>
    public static string? Find(long inode)
    {
        var link = LinkOf(inode);
        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(process), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && Has(process, link))
                return $"process '{NameOf(process)}' (pid {id})";
        }
        return null;
    }

    private static string LinkOf(long inode) => string.Create(CultureInfo.InvariantCulture, $"socket:[{inode}]");

    // Processes end, and descriptors are closed, while they are looked at.
    private static bool Has(string process, string link)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries($"{process}/fd").Any(descriptor => LinkTarget(descriptor) == link);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string? LinkTarget(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string NameOf(string process)
    {
        try
        {
            return File.ReadAllText($"{process}/comm").TrimEnd('\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "?";
        }
    }
}
