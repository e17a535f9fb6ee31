using System.Diagnostics;

namespace L4Proxy.LoadGenerator;

/// <summary>Connections that each had a byte answered, so that both halves of the pair exist, and then say nothing.</summary>
internal static class IdleLoad
{
    /// <summary>Opens them, prints how it went, and keeps them until standard input ends.</summary>
    public static void Run(InternetAddress proxy, int count)
    {
        var start = Stopwatch.GetTimestamp();
        var open = new List<int>(count);
        var errors = 0;
        for (var i = 0; i < count; i++)
        {
            var socket = SocketDescriptor.Connect(SocketDescriptor.Source(i), proxy);
            if (socket >= 0 && IsAnswered(socket))
                open.Add(socket);
            else
                errors++;
        }

        Load.Print(open.Count, Stopwatch.GetElapsedTime(start).TotalSeconds, errors);
        _ = Console.In.ReadToEnd();
        foreach (var socket in open)
            _ = LibC.Close(socket);
    }

    private static bool IsAnswered(int socket)
    {
        Span<byte> answer = stackalloc byte[1];
        return SocketDescriptor.TrySend(socket, "?"u8) && SocketDescriptor.Receive(socket, answer) == 1;
    }
}
