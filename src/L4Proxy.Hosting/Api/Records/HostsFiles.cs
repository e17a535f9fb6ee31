using L4Proxy.Store;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Api.Records;

/// <summary>
/// Keeps files that are all names with their addresses, for a name server that watches them. Each is replaced as a whole by a rename, so that nobody ever reads half of one; what stands
/// beside it meanwhile begins with a dot, which dnsmasq does not read. Nothing is written before the store was read: it would take away every name.
/// </summary>
internal sealed class HostsFiles(StoreSession store, TimeProvider time, ILogger<HostsFiles> log) : IAsyncDisposable
{
    private const UnixFileMode ReadableByAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, Task> _writing = new(StringComparer.Ordinal);

    /// <summary>Writes one more.</summary>
    public void Add(string path)
    {
        lock (_gate)
        {
            if (_writing.ContainsKey(Path.GetFullPath(path)))
                return;
            // Not disposed of: the store may call once more while all ends.
            var changed = new SemaphoreSlim(0);
            store.Changed += () => changed.Release();
            if (store.IsRead)
                changed.Release();
            _writing.Add(Path.GetFullPath(path), FollowAsync(Path.GetFullPath(path), changed));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_writing.Values);
        _stop.Dispose();
    }

    private async Task FollowAsync(string path, SemaphoreSlim changed)
    {
        object? written = null;
        try
        {
            while (true)
            {
                await changed.WaitAsync(_stop.Token).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                // Many changes at once are one file.
                while (changed.Wait(0, CancellationToken.None))
                {
                }
                if (!ReferenceEquals(store.Current[StoreKind.Record], written))
                    written = await WriteAsync(path);
            }
        }
        catch (OperationCanceledException)
        {
            // It stops.
        }
    }

    private async Task<object> WriteAsync(string path)
    {
        for (var failures = 0; ; failures++)
        {
            var state = store.Current;
            try
            {
                await ReplaceAsync(path, HostsText.Of(state));
                return state[StoreKind.Record];
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
            {
                if (failures == 0)
                    log.HostsFileNotWritten(e, path);
                await Task.Delay(s_pause, time, _stop.Token);
            }
        }
    }

    private async Task ReplaceAsync(string path, string text)
    {
        var beside = Path.Combine(Path.GetDirectoryName(path) ?? "", $".{Path.GetFileName(path)}.{Environment.ProcessId}");
        await File.WriteAllTextAsync(beside, text, _stop.Token);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(beside, ReadableByAll);
        File.Move(beside, path, overwrite: true);
    }
}
