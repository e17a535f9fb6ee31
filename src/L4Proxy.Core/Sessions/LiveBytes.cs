namespace L4Proxy.Sessions;

/// <summary>
/// Tells the meter every few seconds what connections and flows have relayed so far: those of a broker live for days. Costs nothing while
/// nobody listens, and the ones that relay nothing at any time.
/// </summary>
internal sealed class LiveBytes(ProxyMetrics metrics, TimeProvider time) : IDisposable
{
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private ITimer? _timer;
    private int _isReporting;

    /// <summary>Begins.</summary>
    /// <param name="sessions">Those of the moment.</param>
    public void Start(Func<IEnumerable<ISessionRecord>> sessions) => _timer ??= time.CreateTimer(_ => Report(sessions), null, Every, Every);

    public void Dispose() => _timer?.Dispose();

    private void Report(Func<IEnumerable<ISessionRecord>> sessions)
    {
        // A timer does not wait for its last callback.
        if (!metrics.CountsBytes || Interlocked.Exchange(ref _isReporting, 1) != 0)
            return;
        try
        {
            foreach (var session in sessions())
            {
                var (up, down) = session.Delivered;
                metrics.Relayed(session, up, down);
            }
        }
        catch (Exception e)
        {
            // On a timer it would end the process.
            metrics.Failed(e);
        }
        finally
        {
            Volatile.Write(ref _isReporting, 0);
        }
    }
}
