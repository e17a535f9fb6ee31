using System.Net;
using System.Net.Sockets;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using L4Proxy.Destinations.Dialling;
using L4Proxy.Limits;

namespace L4Proxy.Destinations.Health.Probing;

/// <summary>Makes one probe of one destination: one of its addresses must answer as is expected, and all of it within the check's time. Never throws.</summary>
internal sealed class Prober(DescriptorBudget budget, TimeProvider time)
{
    private const int MaxDetail = 200;

    private static readonly ProbeOutcome s_calledOff = ProbeOutcome.Unknown("it was called off");

    /// <summary>Makes it.</summary>
    /// <param name="cluster">The cluster, which has a check.</param>
    /// <param name="destination">Its destination.</param>
    /// <param name="stopped">Calls it off.</param>
    public async Task<ProbeOutcome> ProbeAsync(ClusterModel cluster, DestinationModel destination, CancellationToken stopped)
    {
        if (!budget.TryTake(1, leaving: 8))
            return ProbeOutcome.Unknown(DescriptorLimit.Exhausted);
        var run = new ProbeRun(cluster, destination, time);
        using var timeout = new CancellationTokenSource(run.Check.Timeout, time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stopped);
        try
        {
            var outcome = await ProbeAsync(run, stopped, over.Token);
            // What an agent does not say changes nothing, as with HAProxy.
            return outcome.Status == ProbeStatus.Failed && run.Check.Type == L4HealthCheckType.Agent ? ProbeOutcome.Unknown(outcome.Detail) : outcome;
        }
        finally
        {
            budget.Release(1);
        }
    }

    private static async Task<ProbeOutcome> ProbeAsync(ProbeRun run, CancellationToken stopped, CancellationToken over)
    {
        var started = run.Time.GetTimestamp();
        var resolution = await run.Destination.ResolveHealthAsync(run.Cluster.Resolver, over);
        if (resolution.Order is not { } order)
            return stopped.IsCancellationRequested ? s_calledOff : FailureOf(run, over.IsCancellationRequested ? InTimeOf(run) : resolution.Describe(serverName: null));
        var endPoints = order.EndPoints;
        var outcome = ProbeOutcome.Failure("the name has no address");
        for (var i = 0; i < endPoints.Length && !over.IsCancellationRequested; i++)
        {
            // One that hangs leaves the others half of the time: however many they are, the first have enough.
            var rest = run.Check.Timeout - run.Time.GetElapsedTime(started);
            var next = await TryAsync(run, endPoints[i], rest / Math.Min(2, endPoints.Length - i), stopped, over);
            if (i == 0 || next.Status != ProbeStatus.Unknown)
                outcome = next;
            if (next.Status == ProbeStatus.Succeeded)
                break;
            if (next.Status == ProbeStatus.Failed)
                order.NoteFailed(endPoints[i]);
        }
        return stopped.IsCancellationRequested ? s_calledOff : outcome;
    }

    private static async Task<ProbeOutcome> TryAsync(ProbeRun run, EndPoint endPoint, TimeSpan time, CancellationToken stopped, CancellationToken over)
    {
        run.Part = time > TimeSpan.Zero ? time : TimeSpan.Zero;
        using var part = new CancellationTokenSource(run.Part, run.Time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(part.Token, over);
        try
        {
            return await Probes.Of(run.Check.Type).RunAsync(run, endPoint, ended.Token);
        }
        catch (Exception e)
        {
            // What TLS and HTTP throw is no closed list.
            return OutcomeOf(run, endPoint, e, stopped);
        }
    }

    private static ProbeOutcome OutcomeOf(ProbeRun run, EndPoint endPoint, Exception exception, CancellationToken stopped)
    {
        if (stopped.IsCancellationRequested)
            return s_calledOff;
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (DescriptorLimit.IsExhausted(cause))
                return ProbeOutcome.Unknown(DescriptorLimit.Exhausted);
            // Of a Unix socket it is said where nobody has made it.
            if (cause is SocketException { SocketErrorCode: SocketError.AddressNotAvailable })
                return endPoint is IPEndPoint ? ProbeOutcome.Unknown(Dialler.NoLocalAddress) : FailureOf(run, "There is no such socket");
        }
        return FailureOf(run, exception is OperationCanceledException ? InTimeOf(run) : exception.GetBaseException().Message);
    }

    private static string InTimeOf(ProbeRun run) => $"not within {run.Check.Timeout}";

    private static ProbeOutcome FailureOf(ProbeRun run, string reason) => ProbeOutcome.Failure(Quote.Plain($"{run.Step}: {reason}", MaxDetail));
}
