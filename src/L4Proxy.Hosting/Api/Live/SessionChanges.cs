namespace L4Proxy.Api.Live;

/// <summary>What has become of connections and flows since they were looked at before.</summary>
/// <param name="Opened">Those that were not there, also when they have ended meanwhile.</param>
/// <param name="Changed">Those that have moved bytes, or gone on.</param>
/// <param name="Closed">Those that ended, as they were at the end.</param>
/// <param name="Live">Those that there are.</param>
/// <param name="Moved">What they moved, those that ended too.</param>
/// <param name="Rates">What it comes to.</param>
internal sealed record SessionChanges(
    IReadOnlyList<L4SessionInfo> Opened, IReadOnlyList<L4SessionInfo> Changed, IReadOnlyList<L4SessionInfo> Closed, IReadOnlyCollection<L4SessionInfo> Live, IReadOnlyList<SessionMove> Moved,
    LiveRates Rates);
