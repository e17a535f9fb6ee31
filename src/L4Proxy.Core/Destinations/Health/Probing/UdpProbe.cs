using System.Net;
using System.Net.Sockets;
using L4Proxy.Transport.Linux;

namespace L4Proxy.Destinations.Health.Probing;

/// <summary>
/// Sends a datagram, and once more where nothing comes, for datagrams are lost. Where an answer is expected it must come; else whoever does not refuse (ICMP) is there.
/// </summary>
internal sealed class UdpProbe : IProbe
{
    private const int Attempts = 2;
    private const int LargestDatagram = 65536;

    /// <summary>A refusal comes within a round trip.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    public async Task<ProbeOutcome> RunAsync(ProbeRun run, EndPoint endPoint, CancellationToken cancellation)
    {
        var isExpected = !run.Check.Expected.IsEmpty;
        var patience = isExpected || run.Part < s_patience ? run.Part : s_patience;
        byte[] datagram = [.. run.HeaderFor(isDatagram: true).Span, .. run.Check.Request.Span];
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            // A flow of its own each: a receiver may read a PROXY header in the first datagram only.
            using var socket = new Socket(endPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            using var turn = new CancellationTokenSource(patience / Attempts, run.Time);
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(turn.Token, cancellation);
            run.Step = $"sending to {endPoint}";
            if (run.SourceFor(endPoint) is { } source)
                SourceAddress.Bind(socket, source);
            await socket.ConnectAsync(endPoint, cancellation);
            await socket.SendAsync(datagram, cancellation);
            run.Step = $"waiting for {endPoint}";
            try
            {
                await ExpectAsync(socket, run.Check.Expected, ended.Token);
                return ProbeOutcome.Success;
            }
            catch (OperationCanceledException) when (!isExpected || !cancellation.IsCancellationRequested)
            {
                // Nothing, for this turn; the last one may end with all of the time.
            }
        }
        return isExpected ? ProbeOutcome.Failure("no answer held what is expected") : ProbeOutcome.Success;
    }

    /// <summary>Others may come before the one that is expected: late ones, or somebody else's.</summary>
    private static async Task ExpectAsync(Socket socket, ReadOnlyMemory<byte> expected, CancellationToken ended)
    {
        var buffer = new byte[LargestDatagram];
        int received;
        do
            received = await socket.ReceiveAsync(buffer, ended);
        while (buffer.AsSpan(0, received).IndexOf(expected.Span) < 0);
    }
}
