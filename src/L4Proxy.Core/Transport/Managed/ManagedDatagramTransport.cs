using System.Net;
using System.Net.Sockets;
using L4Proxy.Limits;
using L4Proxy.Transport.Linux;

namespace L4Proxy.Transport.Managed;

/// <summary>
/// Datagrams for any operating system. <see cref="Socket"/> cannot choose the address that a datagram leaves from, so a
/// wildcard is one socket for each address of this machine.
/// </summary>
/// <param name="addresses">The addresses of this machine.</param>
/// <param name="budget">What descriptors are opened from.</param>
internal sealed class ManagedDatagramTransport(DatagramAddresses addresses, DescriptorBudget budget) : DatagramTransport
{
    /// <summary>For this machine as it is.</summary>
    public ManagedDatagramTransport(DescriptorBudget budget)
        : this(new SystemDatagramAddresses(), budget)
    {
    }

    public override IReadOnlyList<DatagramSocket> Listen(IPEndPoint endPoint, in ListenOptions options) =>
        [ManagedDatagramSocket.Listen(endPoint, options, addresses)];

    public override int DescriptorsAt(IPEndPoint endPoint) =>
        DatagramAddress.From(endPoint).IsUnspecified ? addresses.Current().Count() : 1;

    public override DatagramStatus TryConnect(IPEndPoint endPoint, in DialOptions options, out ConnectedDatagramSocket? socket)
    {
        socket = null;
        if (!budget.TryTake(1, leaving: 8))
            return DatagramStatus.Exhausted;
        Socket? made = null;
        try
        {
            made = new Socket(endPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
            SetBuffers(made, options);
            if (options.From?.NextFor(endPoint.AddressFamily) is { } source)
                SourceAddress.Bind(made, source);
            made.Connect(endPoint);
            socket = new ManagedConnectedDatagramSocket(made, budget);
            return DatagramStatus.Ok;
        }
        catch (SocketException e)
        {
            made?.Dispose();
            budget.Release(1);
            return DatagramError.Status(e.SocketErrorCode);
        }
    }

    private static void SetBuffers(Socket socket, in DialOptions options)
    {
        if ((options.ReceiveBuffer ?? DialOptions.DatagramReceiveBuffer) is var receive
            && (options.ReceiveBuffer is not null || receive > socket.ReceiveBufferSize))
            socket.ReceiveBufferSize = receive;
        if (options.SendBuffer is { } send)
            socket.SendBufferSize = send;
    }
}
