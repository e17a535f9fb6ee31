using System.Net;

namespace L4Proxy.LoadGenerator;

/// <summary>Sends every datagram back with the bit set that makes a DNS query a response (RFC 1035, 4.1.1). One thread per core.</summary>
internal static unsafe class DatagramServer
{
    private const int Largest = 2048;
    private const int Flags = 2;
    private const byte Response = 0x80;

    /// <summary>Serves until the process ends.</summary>
    public static void Run(IPEndPoint local)
    {
        for (var i = 0; i < Environment.ProcessorCount; i++)
        {
            var socket = SocketDescriptor.Bind(local, LibC.Datagram);
            new Thread(() => Serve(socket)).Start();
        }
    }

    private static void Serve(int socket)
    {
        var buffer = stackalloc byte[Largest];
        InternetAddress sender;
        while (true)
        {
            var size = InternetAddress.Length;
            var length = LibC.ReceiveFrom(socket, buffer, Largest, 0, &sender, &size);
            if (length <= Flags)
                continue;
            buffer[Flags] |= Response;
            _ = LibC.SendTo(socket, buffer, length, 0, &sender, size);
        }
    }
}
