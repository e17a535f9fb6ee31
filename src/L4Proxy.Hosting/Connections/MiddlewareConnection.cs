using System.Globalization;
using System.IO.Pipelines;
using L4Proxy.Kestrel;
using L4Proxy.Tcp;
using L4Proxy.Transport;
using Microsoft.AspNetCore.Connections;

namespace L4Proxy.Connections;

/// <summary>
/// A connection as the application's middleware sees it. The middleware runs on the thread pool while the walk waits here; calling what
/// comes next lets the walk go on, and returns when that is over.
/// </summary>
internal sealed class MiddlewareConnection : DefaultConnectionContext, IL4SessionFeature
{
    // For who takes nothing of what lies before the FIN.
    private static readonly TimeSpan s_linger = TimeSpan.FromSeconds(30);

    private readonly TcpSession _session;
    private readonly TransportConnection _client;
    private readonly ConnectionPipelines _pipelines;
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource<bool> _goesOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ConnectionPipes? _pipes;
    private IDuplexPipe? _transport;

    public MiddlewareConnection(TcpSession session, ConnectionPipelines pipelines, TimeProvider time)
        : base(session.Id.ToString(CultureInfo.InvariantCulture))
    {
        (_session, _client, _pipelines, _time) = (session, session.Client, pipelines, time);
        (LocalEndPoint, RemoteEndPoint) = (_client.LocalEndPoint, _client.RemoteEndPoint);
        HandedOver.Describe(this, session.Known);
        ConnectionClosed = session.Ended;
        Features.Set<IL4SessionFeature>(this);
        session.Recorded = _over.SetResult;
    }

    /// <summary>Pipes, made when they are asked for; from then on they alone read and write the client.</summary>
    public override IDuplexPipe Transport
    {
        get
        {
            lock (_over)
                return _transport ??= _pipes = OpenPipes();
        }
        set
        {
            // What it is put around is ours, whether or not it was asked for.
            _ = Transport;
            _transport = value;
        }
    }

    public L4SessionInfo Session => L4Sessions.Describe(_session, _time);

    /// <summary>Runs the middleware until it calls what comes next, or is done without.</summary>
    /// <returns>None, or why the connection ends.</returns>
    public async ValueTask<L4EndReason> EnterAsync(Lazy<ConnectionDelegate> pipeline)
    {
        // Once it has ended nobody waits for the middleware.
        await using var onEnd = _session.Ended.UnsafeRegister(static goesOn => ((TaskCompletionSource<bool>)goesOn!).TrySetResult(false), _goesOn);
        _ = Task.Run(() => RunAsync(pipeline));
        if (await _goesOn.Task)
            return L4EndReason.None;
        return _session.EndReason == L4EndReason.None ? L4EndReason.EndedByMiddleware : _session.EndReason;
    }

    /// <summary>What comes next: the walk goes on.</summary>
    public Task GoOnAsync()
    {
        lock (_over)
            _goesOn.TrySetResult(true);
        return _over.Task;
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        if (_session.TryEnd(L4EndReason.AbortedByMiddleware))
            _session.Dialled?.Abort();
        Reset();
    }

    /// <summary>Aborts it, whoever says so.</summary>
    public void Reset() => _client.Abort();

    /// <summary>Sends what is left, then FIN, and closes. Who does not take it in time is cut off.</summary>
    public override async ValueTask DisposeAsync()
    {
        if (_pipes is not null)
            await CloseAsync(_pipes);
        await _client.DisposeAsync();
        await base.DisposeAsync();
    }

    private async Task CloseAsync(ConnectionPipes pipes)
    {
        await pipes.Output.CompleteAsync();
        await pipes.Input.CompleteAsync();
        await ((Task)pipes.Sending).WaitAsync(s_linger).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!pipes.Sending.IsCompleted)
            Reset();
        await _client.DisposeAsync();
        await pipes.Receiving;
    }

    private ConnectionPipes OpenPipes()
    {
        var preface = TakePreface();
        var pipes = new ConnectionPipes(_client, ConnectionPipes.InputOf(), ConnectionPipes.OutputOf());
        pipes.Start(preface);
        _ = EndInputAsync(pipes);
        _ = ResetOnErrorAsync(pipes);
        return pipes;
    }

    private static async Task EndInputAsync(ConnectionPipes pipes) => await pipes.EndInputAsync(await pipes.Receiving);

    /// <summary>Where it could not be sent, or <c>Output</c> was completed with an error: what was said so far is not all.</summary>
    private async Task ResetOnErrorAsync(ConnectionPipes pipes)
    {
        if (await pipes.Sending is not null)
            Reset();
    }

    private byte[] TakePreface()
    {
        if (_session.EndReason != L4EndReason.None)
            throw new ConnectionAbortedException();
        if (_goesOn.Task.IsCompleted)
            throw new InvalidOperationException("Transport is to be asked for before the next middleware is called: now the bytes are relayed past it.");
        var preface = _session.Preface.Bytes.ToArray();
        _session.Preface.Release();
        // From here on the walk, too, reads and writes what the middleware makes of it.
        _session.Client = new ContextTransportConnection(this, own: this);
        return preface;
    }

    private async Task RunAsync(Lazy<ConnectionDelegate> pipeline)
    {
        try
        {
            await pipeline.Value(this);
            if (!_goesOn.TrySetResult(false) && _session.EndReason == L4EndReason.None)
                Teardown.Abort(_session, L4EndReason.EndedByMiddleware); // It has not waited for what it called.
        }
        catch (Exception e)
        {
            // Whose connection has ended may be told so by an exception.
            var isCause = _session.TryEnd(L4EndReason.MiddlewareFailed);
            if (isCause || e is not (OperationCanceledException or IOException))
                _pipelines.Failed(_session, e);
            if (isCause)
                Teardown.Abort(_session, L4EndReason.MiddlewareFailed);
        }
    }
}
