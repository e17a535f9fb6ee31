using System.Diagnostics.CodeAnalysis;

namespace L4Proxy.Destinations.Resolution;

/// <summary>What is known of a name from a certain moment on. Times are the resolver's milliseconds.</summary>
/// <typeparam name="T">What a name leads to.</typeparam>
internal sealed class NameAnswer<T>
    where T : class
{
    private NameAnswer(AddressResolutionStatus status, T? value, string? message) => (Status, Value, Message) = (status, value, message);

    /// <summary>How the resolution ended.</summary>
    public AddressResolutionStatus Status { get; }

    /// <summary>Why there is nothing; null if found.</summary>
    public string? Message { get; }

    /// <summary>What the name leads to; null where there is nothing.</summary>
    public T? Value { get; }

    /// <summary>Until then it is the answer, and nobody asks.</summary>
    public required long RefreshAt { get; init; }

    /// <summary>From <see cref="RefreshAt"/> until then it is the answer while somebody asks.</summary>
    public required long ServeUntil { get; init; }

    /// <summary>Until then it is the answer, even if the name is said not to exist any more.</summary>
    public required long KeepUntil { get; init; }

    /// <summary>Whether there is something to go on with.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    public bool IsFound => Value is not null;

    /// <summary>
    /// An answer with something in it. In its second interval it still serves while it is refreshed, and for as long as that may take; one that is
    /// older, because nobody wanted it, may be from yesterday, so a connection waits for the new one.
    /// </summary>
    public static NameAnswer<T> Found(T value, TimeSpan? timeToLive, long now, AddressResolverOptions options)
    {
        var (interval, longest) = (Milliseconds(options.IntervalOf(timeToLive)), Milliseconds(options.RefreshInterval));
        return new(AddressResolutionStatus.Found, value, message: null)
        {
            RefreshAt = now + interval, ServeUntil = now + (2 * interval) + Milliseconds(options.Timeout), KeepUntil = now + interval + longest,
        };
    }

    /// <summary>What needs no asking.</summary>
    public static NameAnswer<T> Fixed(T value) => new(AddressResolutionStatus.Found, value, message: null)
    {
        RefreshAt = long.MaxValue, ServeUntil = long.MaxValue, KeepUntil = long.MaxValue,
    };

    /// <summary>What is never asked.</summary>
    public static NameAnswer<T> Never(AddressResolutionStatus status, string message) => new(status, value: null, message)
    {
        RefreshAt = long.MaxValue, ServeUntil = long.MaxValue, KeepUntil = 0,
    };

    /// <summary>
    /// A failure. Not having found out is no reason to forget what was known: <paramref name="before"/> then serves for
    /// another interval, and again after the next failure. "No such name" is an answer, but may be the slip of a name server that has just
    /// started: only where it is said for an interval is the name gone.
    /// </summary>
    public static NameAnswer<T> Failure(
        AddressResolutionStatus status, string message, NameAnswer<T>? before, long now, AddressResolverOptions options)
    {
        var refreshAt = now + Milliseconds(options.FailureInterval);
        var serveUntil = refreshAt + Milliseconds(options.RefreshInterval);
        if (before is not { IsFound: true } || (status == AddressResolutionStatus.NotFound && now >= before.KeepUntil))
            return new(status, value: null, message) { RefreshAt = refreshAt, ServeUntil = refreshAt, KeepUntil = 0 };
        return new(AddressResolutionStatus.Found, before.Value, message: null)
        {
            RefreshAt = refreshAt,
            ServeUntil = serveUntil,
            KeepUntil = status == AddressResolutionStatus.NotFound ? before.KeepUntil : serveUntil,
        };
    }

    /// <summary>The same with more in it.</summary>
    public NameAnswer<T> With(T value) => new(Status, value, Message) { RefreshAt = RefreshAt, ServeUntil = ServeUntil, KeepUntil = KeepUntil };

    /// <summary>The same once it is said to be old: it is still better than none.</summary>
    public NameAnswer<T> Outdated() => new(Status, Value, Message) { RefreshAt = 0, ServeUntil = 0, KeepUntil = KeepUntil };

    private static long Milliseconds(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMillisecond;
}
