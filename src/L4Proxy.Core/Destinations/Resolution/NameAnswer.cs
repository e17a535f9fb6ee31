using System.Diagnostics.CodeAnalysis;

namespace L4Proxy.Destinations.Resolution;

/// <summary>What is known of a name from a certain moment on. Times are the resolver's milliseconds.</summary>
internal sealed class NameAnswer
{
    private readonly AddressResolutionStatus _status;
    private readonly string? _message;
    private readonly AddressSet? _addresses;

    private NameAnswer(AddressResolutionStatus status, AddressSet? addresses, string? message) =>
        (_status, _addresses, _message) = (status, addresses, message);

    /// <summary>Until then it is the answer, and nobody asks.</summary>
    public required long RefreshAt { get; init; }

    /// <summary>From <see cref="RefreshAt"/> until then it is the answer while somebody asks.</summary>
    public required long ServeUntil { get; init; }

    /// <summary>Whether there are addresses to go on with.</summary>
    [MemberNotNullWhen(true, nameof(_addresses))]
    public bool IsFound => _addresses is not null;

    /// <summary>
    /// An answer with addresses. In its second interval it still serves while it is refreshed; one that is older,
    /// because nobody wanted it, may be from yesterday, so a connection waits for the new one.
    /// </summary>
    public static NameAnswer Found(AddressSet addresses, NameAnswer? before, long now, AddressResolverOptions options) =>
        new(AddressResolutionStatus.Found, before?._addresses?.FollowedBy(addresses) ?? addresses, message: null)
        {
            RefreshAt = now + Milliseconds(options.RefreshInterval),
            ServeUntil = now + (2 * Milliseconds(options.RefreshInterval)),
        };

    /// <summary>An answer that needs no asking.</summary>
    public static NameAnswer Literal(AddressSet addresses) =>
        new(AddressResolutionStatus.Found, addresses, message: null) { RefreshAt = long.MaxValue, ServeUntil = long.MaxValue };

    /// <summary>
    /// A failure. Not having found out is no reason to forget what was known: <paramref name="before"/> then serves for
    /// another interval, and again after the next failure. "No such name" is an answer.
    /// </summary>
    public static NameAnswer Failure(
        AddressResolutionStatus status, string message, NameAnswer? before, long now, AddressResolverOptions options)
    {
        var refreshAt = now + Milliseconds(options.FailureInterval);
        if (status == AddressResolutionStatus.NotFound || before is not { IsFound: true })
            return new(status, addresses: null, message) { RefreshAt = refreshAt, ServeUntil = refreshAt };
        return new(AddressResolutionStatus.Found, before._addresses, message: null)
        {
            RefreshAt = refreshAt,
            ServeUntil = refreshAt + Milliseconds(options.RefreshInterval),
        };
    }

    /// <summary>The answer for those who dial <paramref name="port"/>.</summary>
    public AddressResolution On(int port) => IsFound
        ? AddressResolution.Found(_addresses.On(port))
        : AddressResolution.Not(_status, _message!);

    private static long Milliseconds(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMillisecond;
}
