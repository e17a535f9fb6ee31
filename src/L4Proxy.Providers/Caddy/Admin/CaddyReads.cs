using System.Text.Json.Nodes;

namespace L4Proxy.Providers.Caddy.Admin;

/// <summary>
/// Which documents clients have read, or written, last: who writes a whole one has made it of one of these. A client is known by its token, else by its address, and several may share
/// that: of what was read there the one that is most like what is written was read for it.
/// </summary>
internal sealed class CaddyReads(TimeProvider time)
{
    private const int MaxReads = 1024;
    private const int MaxWritesOfClient = 8;
    private const long MaxBytes = 64 * 1024 * 1024;

    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_longestOfSeveral = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_longestOfDoubt = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new();
    private readonly List<Read> _reads = [];

    /// <summary>A client has read a document.</summary>
    /// <param name="client">Who.</param>
    /// <param name="document">It.</param>
    /// <param name="length">How long it is, in bytes.</param>
    public void Add(string client, JsonNode? document, long length) => Add(new(client, document, length, IsWritten: false, time.GetTimestamp()));

    /// <summary>The documents of which one is that which a client has made its own of. None, as where it has read none, makes of it what is added to what there is.</summary>
    public IReadOnlyList<JsonNode?> FindSeen(string client)
    {
        lock (_gate)
            return [.. Of(client).Select(read => read.Document).Distinct()];
    }

    /// <summary>What a client has written is in force: of what it has read it makes nothing more.</summary>
    public void Written(string client, JsonNode? wanted, long length)
    {
        lock (_gate)
        {
            var own = Of(client);
            own.Reverse();
            if (own.MinBy(read => CaddyMerge.Distance(read.Document, wanted)) is { } nearest)
            {
                _reads.Remove(nearest);
                // Where several had read, it may have been that of another one, who writes soon.
                if (own.Count > 1 && !nearest.IsWritten)
                    _reads.Add(nearest with { IsDoubtful = true, At = nearest.IsDoubtful ? nearest.At : time.GetTimestamp() });
            }
            foreach (var old in _reads.Where(read => read.Client == client && read.IsWritten).SkipLast(MaxWritesOfClient - 1).ToList())
                _reads.Remove(old);
        }
        Add(new(client, wanted, length, IsWritten: true, time.GetTimestamp()));
    }

    private void Add(Read read)
    {
        lock (_gate)
        {
            _reads.RemoveAll(old => !old.IsWritten && time.GetElapsedTime(old.At) > (old.IsDoubtful ? s_longestOfDoubt : s_longest));
            _reads.Add(read);
            while (_reads.Count > MaxReads || (_reads.Count > 1 && _reads.DistinctBy(item => item.Document).Sum(item => item.Length) > MaxBytes))
                _reads.RemoveAt(0);
        }
    }

    // Who has read nothing since has what was written last.
    private List<Read> Of(string client)
    {
        var own = _reads.FindAll(read => read.Client == client);
        if (own.TrueForAll(read => read.IsWritten))
            return own;
        own.RemoveAll(read => read.IsWritten);
        // An agent writes soon after it has read; who reads alone may be a person, who thinks before he writes.
        var recent = own.FindAll(read => time.GetElapsedTime(read.At) <= s_longestOfSeveral);
        return recent.Count > 0 ? recent : own[^1..];
    }

    private sealed record Read(string Client, JsonNode? Document, long Length, bool IsWritten, long At, bool IsDoubtful = false);
}
