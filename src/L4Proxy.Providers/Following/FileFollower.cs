using L4Proxy.Configuration;
using Microsoft.Extensions.Hosting;
using FileContents = System.Collections.Generic.IReadOnlyList<System.Collections.Generic.KeyValuePair<string, System.ReadOnlyMemory<byte>>>;

namespace L4Proxy.Providers.Following;

/// <summary>Follows files of another proxy: looked at four times a second, as the gateway's own file is, and in force half a second after they were written.</summary>
/// <param name="files">The files.</param>
/// <param name="parse">What they say, by their paths.</param>
/// <param name="provider">Says it.</param>
/// <param name="config">Puts it into force; asked for once the host has started.</param>
/// <param name="time">The clock.</param>
internal sealed class FileFollower(WatchedFiles files, Func<FileContents, L4ImportResult> parse, FollowedProvider provider, Func<FollowedConfig> config, TimeProvider time)
    : BackgroundService
{
    // Ten seconds: what was in the way may be somebody else's, and gone.
    private const int LooksUntilRetry = 40;

    private static readonly TimeSpan s_lookInterval = TimeSpan.FromMilliseconds(250);

    private volatile bool _isAsked;
    private long _takenAt;
    private bool _isCurrent;
    private L4ImportResult? _refused;
    private int _looksLeft;

    /// <summary>When the files were taken last; null while they never were.</summary>
    public DateTimeOffset? TakenAt => Volatile.Read(ref _takenAt) is > 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>Reads the files before anybody asks for them. What is wrong with them is wrong with the start, too.</summary>
    public void ReadFirst()
    {
        provider.Reloading = () => _isAsked = true;
        var errors = new List<L4ConfigError>();
        var imported = Read(files.ReadNow, errors);
        var snapshot = imported is null ? provider.GetConfig() : provider.SnapshotOf(imported);
        provider.Publish(snapshot with { Errors = [.. errors, .. snapshot.Errors] });
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var inForce = config();
        SetCurrent(provider.GetConfig().Errors.Count == 0);
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(s_lookInterval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested)
                return;
            var errors = new List<L4ConfigError>();
            var (isAsked, written) = (_isAsked, files.Written);
            _isAsked = false;
            var imported = Read(isAsked ? files.ReadNow : files.ReadIfChanged, errors);
            if (errors.Count > 0)
                SetCurrent(inForce.Refuse(errors).Count == 0);
            else if ((imported ?? Refused()) is { } offered)
                SetCurrent(await OfferAsync(offered, inForce, stoppingToken));
            // Written anew with what they had: they are in force as they are.
            else if (_isCurrent && files.AreSettled && TakenAt is { } taken && written > taken.UtcDateTime)
                SetCurrent(true);
        }
    }

    private L4ImportResult? Refused() => _refused is not null && --_looksLeft <= 0 ? _refused : null;

    private async Task<bool> OfferAsync(L4ImportResult imported, FollowedConfig inForce, CancellationToken stoppingToken)
    {
        try
        {
            var isTaken = (await inForce.OfferAsync(imported, stoppingToken)).Count == 0;
            (_refused, _looksLeft) = (isTaken ? null : imported, LooksUntilRetry);
            return isTaken;
        }
        catch (OperationCanceledException)
        {
            return false; // The host ends.
        }
        catch (Exception e)
        {
            // A fault of this program must not end the host for a file.
            return inForce.Refuse([new(provider.Name, $"It could not be put into force: {e.Message}")]).Count == 0;
        }
    }

    private void SetCurrent(bool isCurrent)
    {
        _isCurrent = isCurrent;
        if (isCurrent)
            Volatile.Write(ref _takenAt, time.GetUtcNow().UtcTicks);
    }

    private L4ImportResult? Read(Func<IReadOnlyList<KeyValuePair<string, FileText>>?> read, List<L4ConfigError> errors)
    {
        try
        {
            if (read() is not { } texts)
                return null;
            errors.AddRange(texts.Where(file => file.Value.Content is null).Select(file => new L4ConfigError(file.Key, $"The file cannot be read: {file.Value.Error}")));
            return errors.Count > 0 ? null : parse([.. texts.Select(file => KeyValuePair.Create(file.Key, file.Value.Content!.Value))]);
        }
        catch (Exception e)
        {
            // No directory, or a fault of this program, which must not end the host for a file.
            errors.Add(new(provider.Name, e.Message));
            return null;
        }
    }
}
