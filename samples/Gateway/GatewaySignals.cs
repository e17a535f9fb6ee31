using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;

namespace L4Proxy.Gateway;

/// <summary>
/// Runs an app until the process is asked to end, as people know it from nginx and HAProxy: SIGHUP reads everything again; SIGTERM,
/// SIGQUIT and Ctrl+C let connections finish, and a second one cuts them. And it ends, whatever holds it up.
/// </summary>
internal sealed class GatewaySignals : IDisposable
{
    // What the host needs beyond its own timeout to put its things away.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly WebApplication _app;
    private readonly Action _reload;
    private readonly CancellationTokenSource _hurry = new();
    private readonly List<PosixSignalRegistration> _registrations;
    private Timer? _lastResort;
    private int _asked;

    private GatewaySignals(WebApplication app, Action reload)
    {
        (_app, _reload) = (app, reload);
        // The first of these is the host's own business.
        _registrations = [.. new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT }
            .Select(signal => PosixSignalRegistration.Create(signal, _ => OnStop()))];
        // Windows says so when its console window is closed.
        if (!OperatingSystem.IsWindows())
            _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnHangUp));
    }

    /// <summary>Starts <paramref name="app"/>, and returns when it has stopped.</summary>
    /// <param name="app">The app.</param>
    /// <param name="reload">Reads everything again.</param>
    public static async Task RunAsync(WebApplication app, Action reload)
    {
        using var signals = new GatewaySignals(app, reload);
        await StartAsync(app);
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (app.Lifetime.ApplicationStopping.Register(stopping.SetResult))
            await stopping.Task;
        await signals.StopAsync();
    }

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _hurry.Dispose();
    }

    private static async Task StartAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch (Exception e)
        {
            // An address of Kestrel's, as a rule. One of L4Proxy's own is tried again until it can be had, unless there is no other.
            throw new GatewayException(GatewayException.Invalid, [e.Message]);
        }
    }

    private async Task StopAsync()
    {
        // Never disposed of: putting the app away may take its time as well.
        _lastResort = new Timer(static _ => Environment.Exit(GatewayException.Invalid));
        _lastResort.Change(_app.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout + s_patience, Timeout.InfiniteTimeSpan);
        await using var hurried = _hurry.Token.Register(() => _lastResort.Change(s_patience, Timeout.InfiniteTimeSpan));
        try
        {
            await _app.StopAsync(_hurry.Token);
        }
        catch (Exception e) when (_hurry.IsCancellationRequested && e is OperationCanceledException or AggregateException)
        {
            // What was cut is in the log.
        }
    }

    private void OnStop()
    {
        if (Interlocked.Increment(ref _asked) > 1)
            _ = _hurry.CancelAsync();
    }

    private void OnHangUp(PosixSignalContext context)
    {
        context.Cancel = true;
        if (_app.Lifetime.ApplicationStarted.IsCancellationRequested && !_app.Lifetime.ApplicationStopping.IsCancellationRequested)
            ThreadPool.QueueUserWorkItem(static reload => reload(), _reload, preferLocal: false);
    }
}
