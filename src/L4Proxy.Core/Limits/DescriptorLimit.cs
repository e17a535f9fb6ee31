using System.Globalization;
using System.IO.Enumeration;
using System.Net.Sockets;

namespace L4Proxy.Limits;

/// <summary>How many descriptors this process may have, and what is said where it has no more.</summary>
internal static class DescriptorLimit
{
    private const string Limits = "/proc/self/limits";
    private const string Name = "Max open files";
    private static readonly EnumerationOptions s_all = new() { AttributesToSkip = FileAttributes.None };

    private const int Enfile = 23;
    private const int Emfile = 24;

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

    /// <summary>Whether something failed because there is none left.</summary>
    public static bool IsExhausted(Exception exception) => exception switch
    {
        SocketException { SocketErrorCode: SocketError.TooManyOpenSockets } => true,
        // Of files .NET keeps the errno.
        IOException { HResult: Enfile or Emfile } => true,
        _ => false,
    };

    /// <summary>Two descriptors a connection, and some to live on. Of a small limit half.</summary>
    public static int DefaultMaxConnections => Math.Max((Current - 512) / 2, Current / 4);

    /// <summary>One descriptor a flow, and the most left to others.</summary>
    public static int DefaultMaxSessions => Math.Min(16384, Math.Max(1, Current / 4));

    /// <summary>How many descriptors there are at the moment, whosever they are; null where that is not known.</summary>
    public static int? Count()
    {
        try
        {
            // No string for each of them: there may be tens of thousands.
            return Known is null ? null : new FileSystemEnumerable<bool>("/proc/self/fd", static (ref _) => true, s_all).Count() - 1;
        }
        catch (IOException)
        {
            return Known; // It takes one to count them, and there is none.
        }
    }

    private static int? Read()
    {
        if (!File.Exists(Limits))
            return null;
        var line = File.ReadLines(Limits).FirstOrDefault(l => l.StartsWith(Name, StringComparison.Ordinal));
        var soft = line?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return int.TryParse(soft, CultureInfo.InvariantCulture, out var limit) ? limit : null;
    }
}
