using System.Net;
using System.Net.Sockets;
using L4Proxy.Diagnostics;
using L4Proxy.Limits;
using L4Proxy.Snapshot;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Listening;

/// <summary>
/// The own listeners there should be and the ones there are. A change opens and closes only what differs; an address that
/// cannot be bound is that endpoint's trouble alone, and is tried again.
/// </summary>
internal sealed class OwnListeners(TimeProvider time, ILogger<OwnListeners> log)
{
    private static readonly TimeSpan s_retryEvery = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<ListenerKey, Entry> _entries = [];
    private Func<EndPoint, EndpointModel, IOwnListener> _open = static (_, _) => throw new InvalidOperationException();
    private ITimer? _retry;

    /// <summary>Who else in this program holds an address for streams, in words; null where nobody is known to.</summary>
    public Func<EndPoint, string?> FindHolder { get; set; } = static _ => null;

    /// <summary>Called after listeners were opened, closed or tried again.</summary>
    public Action? Changed { get; set; }

    /// <summary>Every address there should be, bound or not.</summary>
    public IReadOnlyList<OwnAddress> Addresses
    {
        get
        {
            lock (_gate)
            {
                return [.. from e in _entries
                           let address = e.Value.Listener?.LocalEndPoint ?? e.Key.Address
                           select new OwnAddress(e.Value.Endpoint.Id, address, ListenAddresses.Describe(e.Value.Endpoint, address), e.Value.Error)];
            }
        }
    }

    /// <summary>Makes the listeners what <paramref name="snapshot"/> says.</summary>
    /// <param name="snapshot">The configuration now in force.</param>
    /// <param name="open">Opens a listener, and serves what comes to it.</param>
    public void Apply(ProxySnapshot snapshot, Func<EndPoint, EndpointModel, IOwnListener> open)
    {
        lock (_gate)
        {
            _open = open;
            var wanted = Wanted(snapshot);
            // Ports are given up first: a new endpoint may want one in another form.
            foreach (var (key, entry) in _entries.Where(e => !wanted.ContainsKey(e.Key)).ToList())
                Close(key, entry);
            foreach (var (key, endpoint) in wanted)
                OpenOrUpdate(key, endpoint);
            ScheduleRetry();
        }
        Changed?.Invoke();
    }

    /// <summary>Stops listening everywhere.</summary>
    public void CloseAll()
    {
        lock (_gate)
        {
            foreach (var (key, entry) in _entries.ToList())
                Close(key, entry);
            _retry?.Dispose();
            _retry = null;
        }
        Changed?.Invoke();
    }

    private static Dictionary<ListenerKey, EndpointModel> Wanted(ProxySnapshot snapshot)
    {
        var wanted = new Dictionary<ListenerKey, EndpointModel>();
        foreach (var endpoint in snapshot.Endpoints.Values)
        {
            foreach (var address in endpoint.Url is { } url ? ListenAddresses.Of(url) : [])
                wanted[ListenerKey.Of(address, endpoint)] = endpoint;
        }
        return wanted;
    }

    private void OpenOrUpdate(ListenerKey key, EndpointModel endpoint)
    {
        if (!_entries.TryGetValue(key, out var entry))
            _entries[key] = entry = new Entry(endpoint);
        entry.Endpoint = endpoint;
        if (entry.Listener is { } listener)
            Update(listener, endpoint);
        else
            TryOpen(key, entry);
    }

    private void Update(IOwnListener listener, EndpointModel endpoint)
    {
        try
        {
            listener.Update(endpoint);
        }
        catch (Exception e)
        {
            log.EndpointNotUpdated(endpoint.Id, ListenAddresses.Describe(endpoint, listener.LocalEndPoint), e.Message);
        }
    }

    private void TryOpen(ListenerKey key, Entry entry)
    {
        try
        {
            entry.Listener = _open(key.Address, entry.Endpoint);
            entry.Error = null;
            log.Listening(entry.Endpoint.Id, ListenAddresses.Describe(entry.Endpoint, entry.Listener.LocalEndPoint));
        }
        catch (Exception e)
        {
            // Whatever it is, the others go on. Said once, not at every try.
            var error = Explain(e, entry.Endpoint, key.Address);
            if (entry.Error != error)
                log.CannotListen(entry.Endpoint.Id, ListenAddresses.Describe(entry.Endpoint, key.Address), error);
            entry.Error = error;
        }
    }

    private string Explain(Exception exception, EndpointModel endpoint, EndPoint address) => exception switch
    {
        _ when DescriptorLimit.IsExhausted(exception) => DescriptorLimit.Exhausted,
        SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } when !endpoint.IsUdp && FindHolder(address) is { } holder => $"{exception.Message}: {holder}",
        _ => exception.Message,
    };

    private void Close(ListenerKey key, Entry entry)
    {
        _entries.Remove(key);
        if (entry.Listener is not { } listener)
            return;
        var address = ListenAddresses.Describe(entry.Endpoint, listener.LocalEndPoint);
        try
        {
            listener.Dispose();
            log.StoppedListening(entry.Endpoint.Id, address);
        }
        catch (Exception e)
        {
            log.EndpointNotUpdated(entry.Endpoint.Id, address, e.Message);
        }
    }

    private void ScheduleRetry()
    {
        _retry?.Dispose();
        _retry = _entries.Values.Any(entry => entry.Listener is null)
            ? time.CreateTimer(static me => ((OwnListeners)me!).Retry(), this, s_retryEvery, Timeout.InfiniteTimeSpan)
            : null;
    }

    private void Retry()
    {
        lock (_gate)
        {
            if (_retry is null)
                return;
            foreach (var (key, entry) in _entries.Where(e => e.Value.Listener is null))
                TryOpen(key, entry);
            ScheduleRetry();
        }
        Changed?.Invoke();
    }

    /// <summary>What makes a listener another one. Port 0 is a different port for each endpoint.</summary>
    private readonly record struct ListenerKey(EndPoint Address, bool IsUdp, bool ReusePort, bool IPv6Only, string? Endpoint)
    {
        public static ListenerKey Of(EndPoint address, EndpointModel endpoint) => new(
            address, endpoint.IsUdp, endpoint.ListenOptions.ReusePort, endpoint.ListenOptionsAt(address).IPv6Only,
            address is IPEndPoint { Port: 0 } ? endpoint.Id : null);
    }

    private sealed class Entry(EndpointModel endpoint)
    {
        public EndpointModel Endpoint { get; set; } = endpoint;

        public IOwnListener? Listener { get; set; }

        public string? Error { get; set; }
    }
}
