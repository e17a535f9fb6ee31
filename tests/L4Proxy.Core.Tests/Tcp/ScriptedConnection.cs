using System.Net;
using System.Threading.Channels;
using L4Proxy.Transport;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>A client without a socket: what it sends, and when a wait for it ends, is the test's.</summary>
internal sealed class ScriptedConnection : TransportConnection
{
    private readonly Channel<TransportStatus> _waits = Channel.CreateUnbounded<TransportStatus>();
    private readonly Queue<byte[]> _sent = new();
    private readonly SemaphoreSlim _waiting = new(0);

    public override EndPoint? LocalEndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 443);

    public override EndPoint? RemoteEndPoint { get; } = new IPEndPoint(IPAddress.Parse("10.0.0.1"), 5);

    /// <summary>Whether closing it fails.</summary>
    public bool CannotClose { get; init; }

    /// <summary>How it has failed, for who looks.</summary>
    public TransportStatus FailWith { get; set; }

    public override TransportStatus Failure => FailWith;

    /// <summary>How often something was taken.</summary>
    public int Receives { get; private set; }

    /// <summary>How often something was waited for.</summary>
    public int Waits { get; private set; }

    /// <summary>Returns when a wait has begun.</summary>
    public async Task WaitedForAsync() => Assert.True(await _waiting.WaitAsync(TestPeer.Patience, TestContext.Current.CancellationToken), "nobody waits for bytes");

    /// <summary>The client sends a segment.</summary>
    public void Send(byte[] bytes)
    {
        _sent.Enqueue(bytes);
        _waits.Writer.TryWrite(TransportStatus.Ok);
    }

    public override async ValueTask<TransportResult> WaitAsync()
    {
        Waits++;
        _waiting.Release();
        return new(0, await _waits.Reader.ReadAsync());
    }

    public override ValueTask<TransportResult> TakeAsync(Memory<byte> buffer)
    {
        if (!_sent.TryDequeue(out var bytes))
            return new(new TransportResult(0, TransportStatus.Canceled));
        Receives++;
        Assert.True(bytes.Length <= buffer.Length);
        bytes.CopyTo(buffer);
        return new(new TransportResult(bytes.Length, TransportStatus.Ok));
    }

    public override void CancelWait() => _waits.Writer.TryWrite(TransportStatus.Canceled);

    public override ValueTask<TransportStatus> SendAsync(ReadOnlyMemory<byte> buffer) => throw new NotSupportedException();

    public override ValueTask<TransportStatus> ShutdownSendAsync() => throw new NotSupportedException();

    public override void Abort()
    {
    }

    public override ValueTask DisposeAsync() => CannotClose ? throw new InvalidOperationException("A connection of the test's.") : ValueTask.CompletedTask;
}
