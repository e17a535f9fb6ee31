using System.Net;

namespace L4Proxy.Destinations.Health.Probing;

/// <summary>Asks the destination's agent, which says one line: whoever closes without one has said nothing.</summary>
internal sealed class AgentProbe : IProbe
{
    public async Task<ProbeOutcome> RunAsync(ProbeRun run, EndPoint endPoint, CancellationToken cancellation)
    {
        await using var stream = await ProbeConnection.OpenAsync(run, endPoint, cancellation);
        run.Step = "sending to its agent";
        await stream.WriteAsync(run.Check.Request, cancellation);
        run.Step = "waiting for its agent's answer";
        var answer = new byte[AgentAnswer.Most];
        var length = 0;
        while (length < answer.Length && answer.AsSpan(0, length).IndexOfAny("\r\n"u8) < 0)
        {
            var received = await stream.ReadAsync(answer.AsMemory(length), cancellation);
            if (received == 0)
                break;
            length += received;
        }
        return length == 0
            ? ProbeOutcome.Unknown("its agent closed the connection and said nothing")
            : ProbeOutcome.Success with { Agent = AgentAnswer.Read(answer.AsSpan(0, length)) };
    }
}
