using System.Diagnostics.Tracing;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Parsers;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;

namespace L4Proxy.Peers.Tests.Gateways;

/// <summary>The managed heap of another .NET process. What it has resident says little: what is garbage is collected when the heap is full.</summary>
internal static class ManagedHeap
{
    // Whoever asks for these events makes the runtime collect everything first.
    private const long Collect = 0x800000;

    /// <summary>Collects all garbage of a process.</summary>
    /// <returns>The bytes that are left.</returns>
    public static async Task<long> CollectAsync(int process, CancellationToken cancellation)
    {
        // What has a finalizer lives until that has run, and what it points to with it.
        await CollectOnceAsync(process, cancellation);
        await CollectOnceAsync(process, cancellation);
        return await CollectOnceAsync(process, cancellation);
    }

    private static async Task<long> CollectOnceAsync(int process, CancellationToken cancellation)
    {
        var provider = new EventPipeProvider("Microsoft-Windows-DotNETRuntime", EventLevel.Informational, Collect | (long)ClrTraceEventParser.Keywords.GC);
        using var session = await new DiagnosticsClient(process).StartEventPipeSessionAsync([provider], requestRundown: false, token: cancellation);
        using var source = new EventPipeEventSource(session.EventStream);
        var left = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var isInduced = false;
        source.Clr.GCStart += data => isInduced |= data is { Depth: 2, Reason: GCReason.Induced };
        source.Clr.GCHeapStats += data =>
        {
            if (isInduced)
                left.TrySetResult(data.TotalHeapSize);
        };
        var reading = Task.Run(source.Process, cancellation);
        var bytes = await left.Task.WaitAsync(TimeSpan.FromSeconds(30), cancellation);
        await session.StopAsync(cancellation);
        await reading;
        return bytes;
    }
}
