using System.Net;
using System.Net.Security;

namespace L4Proxy.Destinations.Health.Probing;

/// <summary>Connects, with TLS or without; sends something, if the check says so, and waits for what it expects.</summary>
internal sealed class StreamProbe : IProbe
{
    public async Task<ProbeOutcome> RunAsync(ProbeRun run, EndPoint endPoint, CancellationToken cancellation)
    {
        await using var stream = await ProbeConnection.OpenAsync(run, endPoint, cancellation);
        run.Step = "sending";
        await stream.WriteAsync(run.Check.Request, cancellation);
        var outcome = await ExpectAsync(run, stream, new ExpectedBytes(run.Check.Expected), cancellation);
        // Many servers log who leaves without close_notify, and it would be every few seconds.
        if (stream is SslStream tls)
            await tls.ShutdownAsync().WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        return outcome;
    }

    /// <summary>Reads until what is expected has come.</summary>
    public static async Task<ProbeOutcome> ExpectAsync(ProbeRun run, Stream stream, ExpectedBytes expected, CancellationToken cancellation)
    {
        run.Step = "waiting for what is expected";
        while (!expected.IsFound)
        {
            if (expected.Room is not { IsEmpty: false } room)
                return ProbeOutcome.Failure($"what is expected was not in the first {ExpectedBytes.Most} bytes of the answer");
            var received = await stream.ReadAsync(room, cancellation);
            if (received == 0)
                return ProbeOutcome.Failure("the answer ended without what is expected");
            expected.Advance(received);
        }
        return ProbeOutcome.Success;
    }
}
