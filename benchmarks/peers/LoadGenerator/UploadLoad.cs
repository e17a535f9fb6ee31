namespace L4Proxy.LoadGenerator;

/// <summary>
/// Bytes sent to an <see cref="AnswerServer"/>, which drops them, then a half-close and its end awaited: all of them have arrived.
/// The units are bytes.
/// </summary>
internal sealed class UploadLoad(InternetAddress proxy, Load load)
{
    private readonly byte[] _chunk = new byte[256 * 1024];

    public void Run() => load.Run(Client);

    private void Client(int index)
    {
        var socket = SocketDescriptor.Connect(SocketDescriptor.Source(index), proxy);
        var isGood = socket >= 0;
        while (isGood && !load.IsOver)
        {
            isGood = SocketDescriptor.TrySend(socket, _chunk);
            load.Add(isGood ? _chunk.Length : 0);
        }

        Span<byte> answer = stackalloc byte[1];
        isGood = isGood && LibC.Shutdown(socket, LibC.ShutdownWrite) == 0
            && SocketDescriptor.Receive(socket, answer) == 1 && SocketDescriptor.Receive(socket, answer) == 0;
        if (!isGood)
            load.AddError();
        _ = LibC.Close(socket);
    }
}
