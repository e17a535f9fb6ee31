using System.Runtime.InteropServices;

namespace L4Proxy.Limits;

/// <summary>
/// Token buckets, one for each client, as the times at which they will be full again (GCRA): full ones need not be there. At most <see cref="Most"/>: where a flood of
/// addresses makes more, some are forgotten, and theirs are full. Times are timestamps. From any thread.
/// </summary>
internal sealed class RateBuckets
{
    internal const int Most = 65_536;

    private readonly Dictionary<ClientNetwork, long>[] _parts = [.. Enumerable.Range(0, 16).Select(_ => new Dictionary<ClientNetwork, long>())];

    /// <summary>Buckets that are not known to be full.</summary>
    public int Count => _parts.Sum(part => part.Count);

    /// <summary>Takes a token.</summary>
    /// <param name="client">Whose bucket; the default where all share one.</param>
    /// <param name="interval">The time in which one token comes.</param>
    /// <param name="burst">How many there are in a full one.</param>
    /// <param name="now">The time.</param>
    public bool TryTake(ClientNetwork client, long interval, int burst, long now)
    {
        var part = _parts[client.Part(_parts.Length)];
        lock (part)
        {
            if (part.Count >= Most / _parts.Length && !part.ContainsKey(client))
                MakeRoom(part, now);
            ref var fullAt = ref CollectionsMarshal.GetValueRefOrAddDefault(part, client, out var isKnown);
            // An empty one of an earlier configuration, whose tokens came slower, is an empty one of this; and the largest number of tokens takes longer than there is time.
            var empty = (long)Math.Min((double)interval * burst, long.MaxValue / 4);
            fullAt = isKnown ? Math.Clamp(fullAt, now, now + empty) : now;
            if (fullAt - now > empty - interval)
                return false;
            fullAt += interval;
            return true;
        }
    }

    private static void MakeRoom(Dictionary<ClientNetwork, long> part, long now)
    {
        var before = part.Count;
        foreach (var (client, fullAt) in part)
        {
            if (fullAt <= now)
                part.Remove(client);
        }
        // The one that happens to come first: whoever floods does not choose it.
        if (part.Count == before)
            part.Remove(part.Keys.First());
    }
}
