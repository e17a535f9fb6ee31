using System.Buffers;
using System.Net;
using System.Text;
using L4Proxy.Transport;

namespace L4Proxy.Hosting.Tests.Kestrel;

/// <summary>Remembers what is sent, piece by piece; who sends the first piece is held up until <see cref="LetGo"/>.</summary>
internal sealed class HeldUpConnection : TransportConnection
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource<TransportResult> _received = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _letGo = new();

    /// <summary>What was sent, with an entry for each time.</summary>
    public List<string> Sent { get; } = [];

    /// <summary>Completes when all was sent.</summary>
    public Task Ended => _ended.Task;

    public override EndPoint? LocalEndPoint => null;

    public override EndPoint? RemoteEndPoint => null;

    public void LetGo() => _letGo.Set();

    public override int SendNow(in ReadOnlySequence<byte> data)
    {
        Sent.Add(Encoding.ASCII.GetString(data));
        _letGo.Wait(s_patience);
        return (int)data.Length;
    }

    public override ValueTask<TransportStatus> SendAsync(ReadOnlyMemory<byte> buffer) => throw new NotSupportedException();

    public override ValueTask<TransportStatus> ShutdownSendAsync()
    {
        _ended.SetResult();
        return new(TransportStatus.Ok);
    }

    public override ValueTask<TransportResult> WaitAsync() => new(_received.Task);

    public override void CancelWait()
    {
    }

    public override ValueTask<TransportResult> TakeAsync(Memory<byte> buffer) => throw new NotSupportedException();

    public override void Abort() => _received.TrySetResult(new(0, TransportStatus.Aborted));

    public override ValueTask DisposeAsync()
    {
        Abort();
        return default;
    }
}
