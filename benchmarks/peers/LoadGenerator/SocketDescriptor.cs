using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace L4Proxy.LoadGenerator;

/// <summary>Sockets as the loads and the backends need them.</summary>
internal static unsafe class SocketDescriptor
{
    /// <summary>How long a client waits for anything, in seconds, before it counts an error.</summary>
    private const long Patience = 10;

    /// <summary>
    /// A blocking connection. Clients come from several loopback addresses, so that ports that are still in TIME_WAIT do not run out.
    /// </summary>
    /// <returns>The descriptor, or -1.</returns>
    public static int Connect(in InternetAddress source, in InternetAddress destination)
    {
        var socket = LibC.Socket(LibC.Internet, LibC.Stream, 0);
        if (socket < 0)
            return -1;

        var patience = stackalloc long[2] { Patience, 0 };
        _ = LibC.SetOption(socket, LibC.SocketLevel, LibC.ReceiveTimeout, patience, 2 * sizeof(long));
        _ = LibC.SetOption(socket, LibC.SocketLevel, LibC.SendTimeout, patience, 2 * sizeof(long));
        Set(socket, LibC.InternetLevel, LibC.BindAddressNoPort);
        if (LibC.Bind(socket, source, InternetAddress.Length) == 0 && LibC.Connect(socket, destination, InternetAddress.Length) == 0)
            return socket;

        _ = LibC.Close(socket);
        return -1;
    }

    /// <summary>Where client number <paramref name="index"/> comes from.</summary>
    public static InternetAddress Source(int index) => new(new IPEndPoint(new IPAddress([127, 0, 1, (byte)(1 + (index % 64))]), 0));

    /// <summary>A bound socket that shares its port with others of this process.</summary>
    /// <exception cref="SocketException">It cannot be bound.</exception>
    public static int Bind(IPEndPoint local, int type)
    {
        var socket = LibC.Socket(LibC.Internet, type, 0);
        Set(socket, LibC.SocketLevel, LibC.ReuseAddress);
        Set(socket, LibC.SocketLevel, LibC.ReusePort);
        if (LibC.Bind(socket, new InternetAddress(local), InternetAddress.Length) < 0)
            throw new SocketException(Marshal.GetLastPInvokeError(), $"{local} cannot be bound.");
        return socket;
    }

    /// <summary>Switches an option on.</summary>
    public static void Set(int socket, int level, int option)
    {
        var on = 1;
        _ = LibC.SetOption(socket, level, option, &on, sizeof(int));
    }

    /// <summary>Sends all of it.</summary>
    public static bool TrySend(int socket, ReadOnlySpan<byte> data)
    {
        fixed (byte* start = data)
            return LibC.Send(socket, start, data.Length, LibC.NoSignal) == data.Length;
    }

    /// <summary>Receives what there is.</summary>
    /// <returns>The number of bytes, 0 at the end, or -1.</returns>
    public static int Receive(int socket, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
            return (int)LibC.Receive(socket, start, buffer.Length, 0);
    }

    /// <summary>Drops up to <paramref name="length"/> received bytes in the kernel, which costs no copy (tcp(7), MSG_TRUNC).</summary>
    /// <returns>The number of bytes, 0 at the end, or -1.</returns>
    public static long Discard(int socket, long length) => LibC.Receive(socket, null, (nint)length, LibC.Truncate);
}
