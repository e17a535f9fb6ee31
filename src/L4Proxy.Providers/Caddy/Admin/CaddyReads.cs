using System.Text.Json.Nodes;

namespace L4Proxy.Providers.Caddy.Admin;

/// <summary>
/// Which documents clients have read, or written, last: who writes a whole one has made it of one of these. A client is known by its token, else by its address, and several may share
/// that: of what was read there the one counts that is most like what is written.
/// </summary>
internal sealed class CaddyReads(TimeProvider time)
{
    private const int MaxReads = 1024;
    private const int MaxWritesOfClient = 8;
    private const long MaxBytes = 64 * 1024 * 1024;

    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly List<Read> _reads = [];

    /// <summary>A client has read a document.</summary>
    /// <param name="client">Who.</param>
    /// <param name="document">It.</param>
    /// <param name="length">How long it is, in bytes.</param>
    public void Add(string client, JsonNode? document, long length) => Add(new(client, document, length, IsWritten: false, time.GetTimestamp()));

    /// <summary>The document that a client has made its own of. Null, as where it has read none, makes of it what is added to what there is.</summary>
    public JsonNode? FindSeen(string client, JsonNode? wanted)
    {
        lock (_gate)
            return Nearest(client, wanted)?.Document;
    }

    /// <summary>What a client has written is in force: of what it has read it makes nothing more.</summary>
    public void Written(string client, JsonNode? wanted, long length)
    {
        lock (_gate)
        {
            if (Nearest(client, wanted) is { } read)
                _reads.Remove(read);
            foreach (var old in _reads.Where(read => read.Client == client && read.IsWritten).SkipLast(MaxWritesOfClient - 1).ToList())
                _reads.Remove(old);
        }
        Add(new(client, wanted, length, IsWritten: true, time.GetTimestamp()));
    }

    private void Add(Read read)
    {
        lock (_gate)
        {
            _reads.RemoveAll(old => !old.IsWritten && time.GetElapsedTime(old.At) > s_longest);
            _reads.Add(read);
            while (_reads.Count > MaxReads || (_reads.Count > 1 && _reads.DistinctBy(item => item.Document).Sum(item => item.Length) > MaxBytes))
                _reads.RemoveAt(0);
        }
    }

    private Read? Nearest(string client, JsonNode? wanted)
    {
        var own = _reads.Where(read => read.Client == client).ToList();
        // Who has read nothing since has what was written last.
        var read = own.Exists(read => !read.IsWritten) ? own.FindAll(read => !read.IsWritten) : own;
        read.Reverse();
        return read.MinBy(item => CaddyMerge.Distance(item.Document, wanted));
    }

    private sealed record Read(string Client, JsonNode? Document, long Length, bool IsWritten, long At);
}
