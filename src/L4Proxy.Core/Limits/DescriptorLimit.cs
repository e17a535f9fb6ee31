using System.Globalization;
using System.Net.Sockets;

namespace L4Proxy.Limits;

/// <summary>How many descriptors this process may have.</summary>
internal static class DescriptorLimit
{
    private const int Unknown = 65536;
    private const int Enfile = 23;
    private const int Emfile = 24;

    /// <summary>The soft limit (RLIMIT_NOFILE); .NET raises it to the hard one at start.</summary>
    public static int Current { get; } = Read();

    /// <summary>
    /// What is said where there is none left. EMFILE is read as "in system" by .NET and by strerror: it is this process's limit that is
    /// reached, and this names it and what raises it.
    /// </summary>
    public static string Exhausted { get; } =
        $"this process has used up its descriptors: its limit of open files (RLIMIT_NOFILE) is {Current}. "
        + "ulimit -n, LimitNOFILE= of systemd or --ulimit nofile= of Docker raise it";

    /// <summary>Whether something failed because there is none left.</summary>
    public static bool IsExhausted(Exception exception) => exception switch
    {
        SocketException { SocketErrorCode: SocketError.TooManyOpenSockets } => true,
        // Of files .NET keeps the errno.
        IOException { HResult: Enfile or Emfile } => true,
        _ => false,
    };

    /// <summary>Two descriptors a connection, and some to live on.</summary>
    public static int DefaultMaxConnections => Math.Max(1, (Current - 512) / 2);

    /// <summary>One descriptor a flow, and the most left to others.</summary>
    public static int DefaultMaxSessions => Math.Min(16384, Math.Max(1, Current / 4));

    private static int Read()
    {
        const string Name = "Max open files";
        if (!OperatingSystem.IsLinux())
            return Unknown;
        var line = File.ReadLines("/proc/self/limits").FirstOrDefault(l => l.StartsWith(Name, StringComparison.Ordinal));
        var soft = line?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return int.TryParse(soft, CultureInfo.InvariantCulture, out var limit) ? limit : Unknown;
    }
}
