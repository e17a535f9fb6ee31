using System.Net;
using System.Runtime.InteropServices;

namespace L4Proxy.LoadGenerator;

/// <summary>
/// The backend that costs nearly nothing: answers the first bytes of a connection with one byte, drops what follows, and closes
/// when its peer does. One thread and one listening socket per core.
/// </summary>
internal sealed class AnswerServer
{
    private const int Backlog = 4096;
    private const int LargestRead = 1 << 20;

    private readonly Epoll _epoll = new();
    private readonly HashSet<int> _unanswered = [];
    private readonly int _listener;

    private AnswerServer(IPEndPoint local)
    {
        _listener = SocketDescriptor.Bind(local, LibC.Stream | LibC.NonBlocking);
        _ = LibC.Listen(_listener, Backlog);
        _epoll.Watch(_listener);
    }

    /// <summary>Serves until the process ends.</summary>
    public static void Run(IPEndPoint local)
    {
        for (var i = 0; i < Environment.ProcessorCount; i++)
            new Thread(new AnswerServer(local).Serve).Start();
    }

    private void Serve()
    {
        while (true)
            _epoll.Wait(OnReadable);
    }

    private void OnReadable(int socket)
    {
        if (socket == _listener)
            Accept();
        else
            Read(socket);
    }

    private void Accept()
    {
        while (LibC.Accept(_listener, 0, 0, LibC.NonBlocking) is >= 0 and var socket)
        {
            SocketDescriptor.Set(socket, LibC.TcpLevel, LibC.NoDelay);
            _unanswered.Add(socket);
            _epoll.Watch(socket);
        }
    }

    private void Read(int socket)
    {
        var received = SocketDescriptor.Discard(socket, LargestRead);
        if (received < 0 && Marshal.GetLastPInvokeError() == LibC.Again)
            return;

        if (received <= 0)
        {
            _unanswered.Remove(socket);
            _ = LibC.Close(socket);
        }
        else if (_unanswered.Remove(socket))
        {
            _ = SocketDescriptor.TrySend(socket, "!"u8);
        }
    }
}
