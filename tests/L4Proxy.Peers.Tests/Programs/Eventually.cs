using System.Net;
using System.Net.Sockets;

namespace L4Proxy.Peers.Tests.Programs;

/// <summary>Waits for what another process does and tells nobody about: asks again until a deadline.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Waits until a connection to <paramref name="port"/> of loopback is accepted.</summary>
    public static Task AcceptsAsync(int port, TimeSpan deadline, CancellationToken cancellation) =>
        AcceptsAsync(port, deadline, () => false, cancellation);

    /// <summary>The same, given up as soon as <paramref name="hopeless"/>, and of another address than loopback's where one is given.</summary>
    public static Task AcceptsAsync(int port, TimeSpan deadline, Func<bool> hopeless, CancellationToken cancellation, IPAddress? address = null) =>
        IsAsync($"port {port} accepts", async () =>
        {
            if (hopeless())
                throw new TimeoutException("The program has ended.");
            return await CanConnectAsync(port, cancellation, address);
        }, deadline, cancellation);

    /// <summary>Whether a connection to <paramref name="port"/> of loopback, or of an address, is accepted now.</summary>
    public static async Task<bool> CanConnectAsync(int port, CancellationToken cancellation, IPAddress? address = null)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(address ?? IPAddress.Loopback, port, cancellation);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Waits until <paramref name="condition"/> is true.</summary>
    public static async Task IsAsync(string what, Func<Task<bool>> condition, TimeSpan deadline, CancellationToken cancellation)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(deadline);
        using var timer = new PeriodicTimer(Pause);
        try
        {
            while (!await condition())
                await timer.WaitForNextTickAsync(timeout.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"Not within {deadline}: {what}");
        }
    }
}
