namespace L4Proxy.Peers.Tests.Programs;

/// <summary>Finds the real programs of this machine.</summary>
internal static class Installed
{
    /// <summary>The program's full path. The test is skipped, with the reason, where there is none.</summary>
    public static string Require(string program)
    {
        var path = Find(program);
        Assert.SkipWhen(path is null, $"{program} is not installed");
        return path;
    }

    /// <summary>Skips the test unless it runs as root on Linux.</summary>
    public static void RequireRoot(string why) =>
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, $"needs root: {why}");

    /// <summary>The program's full path, or null.</summary>
    public static string? Find(string program) =>
        Path.IsPathRooted(program)
            ? program
            : Directories().Select(directory => Path.Combine(directory, program)).FirstOrDefault(IsThere);

    // A link may be all that is left of a program.
    private static bool IsThere(string path) => File.Exists(path) && File.ResolveLinkTarget(path, returnFinalTarget: true) is not { Exists: false };

    // Debian keeps servers out of an ordinary user's PATH, and PostgreSQL's out of everyone's.
    private static IEnumerable<string> Directories() =>
    [
        .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries),
        "/usr/local/sbin", "/usr/sbin", "/sbin",
        .. PostgresDirectories(),
    ];

    private static IEnumerable<string> PostgresDirectories() =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory.EnumerateDirectories("/usr/lib/postgresql").OrderDescending(StringComparer.Ordinal).Select(d => $"{d}/bin")
            : [];
}
