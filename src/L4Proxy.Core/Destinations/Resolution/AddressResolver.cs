using System.Diagnostics.CodeAnalysis;
using System.Net;
using L4Proxy.Names;

namespace L4Proxy.Destinations.Resolution;

/// <summary>
/// Turns host names into end points, with a memory: an answer serves for <see cref="AddressResolverOptions.RefreshInterval"/>,
/// then goes on serving while one lookup refreshes it. Names may come from clients, so everything is bounded: the
/// names remembered, the lookups at once (one a name, shared by all who wait), the wait of each connection.
/// </summary>
internal sealed class AddressResolver
{
    private const string TimedOutMessage = "The name was not resolved in time.";

    private readonly TimeProvider _time;
    private readonly AddressResolverOptions _options;
    private readonly long _start;
    private readonly NameCache _names;
    private readonly LookupQueue _lookups;

    /// <summary>A resolver that knows nothing yet.</summary>
    public AddressResolver(AddressLookup lookup, AddressResolverOptions options, TimeProvider time)
    {
        _time = time;
        _options = options;
        _start = time.GetTimestamp();
        _names = new NameCache(options.MaxNames);
        _lookups = new LookupQueue(lookup, options, Now);
    }

    /// <summary>Names remembered.</summary>
    public int NameCount => _names.Count;

    /// <summary>
    /// Where to dial. Completes at once, without allocating, for a name (or an IP address) that is remembered and was
    /// lately asked for on that port. Never throws.
    /// </summary>
    /// <param name="host">A host name or the text of an IP address.</param>
    /// <param name="port">1 to 65535.</param>
    /// <param name="cancellationToken">Ends this caller's wait with <see cref="AddressResolutionStatus.Canceled"/>; the lookup goes on.</param>
    public ValueTask<AddressResolution> ResolveAsync(string host, int port, CancellationToken cancellationToken = default)
    {
        var now = Now();
        var name = _names.Find(host, now);
        if (name?.Answer is { } answer && now < answer.RefreshAt)
            return new(answer.On(port));
        if (name is null && !TryRemember(host, now, out name, out var failure))
            return new(failure);
        return LookUp(name, port, now, cancellationToken);
    }

    private long Now() => _time.GetElapsedTime(_start).Ticks / TimeSpan.TicksPerMillisecond;

    private bool TryRemember(
        string host, long now, [NotNullWhen(true)] out ResolvedName? name, out AddressResolution failure)
    {
        name = null;
        var literal = Literal(host);
        if (literal is null && !IsHostName(host))
        {
            failure = AddressResolution.Not(AddressResolutionStatus.NotFound, "This is not a host name.");
            return false;
        }

        name = _names.Add(host, literal, now);
        failure = AddressResolution.Not(AddressResolutionStatus.Failed, "Too many names are being looked up.");
        return name is not null;
    }

    /// <summary>
    /// Only the usual form is an address: .NET and the C library also take <c>127.1</c> or <c>0x7f000001</c> for one,
    /// and nobody who filters names expects that.
    /// </summary>
    private static NameAnswer? Literal(string host) =>
        IPAddress.TryParse(host, out var address) && (host.Contains(':', StringComparison.Ordinal) || address.ToString() == host)
            ? NameAnswer.Literal(new AddressSet([address]))
            : null;

    private static bool IsHostName(ReadOnlySpan<char> host)
    {
        if (host.EndsWith('.'))
            host = host[..^1];
        return HostName.IsName(host) && !HostName.LooksLikeAddress(host);
    }

    private ValueTask<AddressResolution> LookUp(ResolvedName name, int port, long now, CancellationToken cancellationToken)
    {
        var lookup = name.Want(now, out var isNew);
        if (isNew)
            _lookups.Add(name);
        return name.Answer is { } answer && (lookup.IsCompleted || now < answer.ServeUntil)
            ? new(answer.On(port))
            : WaitAsync(name, lookup, port, cancellationToken);
    }

    private async ValueTask<AddressResolution> WaitAsync(ResolvedName name, Task lookup, int port, CancellationToken cancellationToken)
    {
        await lookup.WaitAsync(_options.Timeout, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!lookup.IsCompleted)
        {
            if (cancellationToken.IsCancellationRequested)
                return AddressResolution.Not(AddressResolutionStatus.Canceled, "The connection did not wait for the name.");
            name.GiveUp(lookup, before => NameAnswer.Failure(
                AddressResolutionStatus.TimedOut, TimedOutMessage, before, Now(), _options));
        }

        return name.Answer?.On(port) ?? AddressResolution.Not(AddressResolutionStatus.TimedOut, TimedOutMessage);
    }
}
