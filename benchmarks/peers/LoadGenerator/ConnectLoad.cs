namespace L4Proxy.LoadGenerator;

/// <summary>Connect, send a ClientHello, wait for one byte, close; again and again. The units are connections.</summary>
internal sealed class ConnectLoad(InternetAddress proxy, byte[] hello, Load load)
{
    public void Run() => load.Run(Client);

    private void Client(int index)
    {
        var source = SocketDescriptor.Source(index);
        long count = 0;
        while (!load.IsOver)
        {
            if (TryOnce(source))
                count++;
            else
                load.AddError();
        }

        load.Add(count);
    }

    private bool TryOnce(in InternetAddress source)
    {
        var socket = SocketDescriptor.Connect(source, proxy);
        if (socket < 0)
            return false;

        Span<byte> answer = stackalloc byte[1];
        var isAnswered = SocketDescriptor.TrySend(socket, hello) && SocketDescriptor.Receive(socket, answer) == 1;
        return LibC.Close(socket) == 0 && isAnswered;
    }
}
