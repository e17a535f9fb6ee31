using System.Globalization;

namespace L4Proxy.Limits;

/// <summary>How many descriptors this process may have, and what is said where it has no more.</summary>
internal static class DescriptorLimit
{
    private const string Name = "Max open files";

    /// <summary>The soft limit (RLIMIT_NOFILE); .NET raises it to the hard one at start. Null where there is none, or none that is known.</summary>
    public static int? Known { get; } = Read();

    /// <summary>The same, and where it is not known what is usual.</summary>
    public static int Current => Known ?? 65536;

    /// <summary>What is said of how to have more.</summary>
    public const string RaisedBy = "ulimit -n, LimitNOFILE= of systemd or --ulimit nofile= of Docker raise it";

    /// <summary>
    /// What is said where there is none left. EMFILE is read as "in system" by .NET and by strerror: it is this process's limit that is
    /// reached, and this names it and what raises it.
    /// </summary>
    public static string Exhausted { get; } =
        $"this process has used up its descriptors: its limit of open files (RLIMIT_NOFILE) is {Current}. {RaisedBy}";

    /// <summary>Two descriptors a connection, and some to live on. Of a small limit half.</summary>
    public static int DefaultMaxConnections => Math.Max((Current - 512) / 2, Current / 4);

    /// <summary>One descriptor a flow, and the most left to others.</summary>
    public static int DefaultMaxSessions => Math.Min(16384, Math.Max(1, Current / 4));

    /// <summary>How many descriptors there are at the moment, whosever they are; null where that is not known.</summary>
    public static int? Count() => Known is null ? null : Directory.EnumerateFileSystemEntries("/proc/self/fd").Count() - 1;

    private static int? Read()
    {
        if (!OperatingSystem.IsLinux())
            return null;
        var line = File.ReadLines("/proc/self/limits").FirstOrDefault(l => l.StartsWith(Name, StringComparison.Ordinal));
        var soft = line?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return int.TryParse(soft, CultureInfo.InvariantCulture, out var limit) ? limit : null;
    }
}
