using System.Buffers;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Threading.Tasks.Sources;

namespace L4Proxy.Transport.Managed;

/// <summary>
/// A listening socket made of one <see cref="ManagedDatagramPort"/> for each address. Behind a wildcard the addresses of the
/// machine come and go, and the ports with them.
/// </summary>
internal sealed class ManagedDatagramSocket : DatagramSocket, IValueTaskSource<DatagramStatus>
{
    // So many in a row at the most: other sockets want their turn on this thread.
    private const int MaxInARow = 256;

    private readonly DatagramAddresses _addresses;
    private readonly Lock _gate = new();
    private readonly Lock _refreshing = new();
    private ListenOptions _options;
    private ManualResetValueTaskSourceCore<DatagramStatus> _readable = new() { RunContinuationsAsynchronously = true };
    private volatile ManagedDatagramPort[] _ports = [];
    private int _next;
    private bool _waiting;
    private bool _closed;

    private ManagedDatagramSocket(IPEndPoint endPoint, in ListenOptions options, DatagramAddresses addresses)
    {
        _options = options;
        _addresses = addresses;
        LocalEndPoint = endPoint;
    }

    public override IPEndPoint LocalEndPoint { get; }

    private bool IsWildcard => LocalEndPoint.Address.Equals(IPAddress.Any) || LocalEndPoint.Address.Equals(IPAddress.IPv6Any);

    /// <inheritdoc cref="DatagramTransport.Listen"/>
    public static ManagedDatagramSocket Listen(IPEndPoint endPoint, in ListenOptions options, DatagramAddresses addresses)
    {
        var attemptsLeft = endPoint.Port == 0 ? 16 : 1;
        for (;;)
        {
            try
            {
                var socket = new ManagedDatagramSocket(new(endPoint.Address, endPoint.Port), options, addresses);
                socket.BindAll();
                return socket;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse && --attemptsLeft > 0)
            {
                // The port that the system chose for the first address is another's on a later one.
            }
        }
    }

    public override async ValueTask ReceiveAsync(DatagramReceiver receiver, object state)
    {
        while (await WaitAsync() != DatagramStatus.Closed)
        {
            if (ReceiveSome(receiver, state) == MaxInARow)
                await Task.Yield();
        }
    }

    public override void Send(ReadOnlySpan<byte> datagram, in DatagramAddress to, in DatagramAddress from, DatagramSent sent, object state) =>
        sent(state, datagram.Length, TrySend(datagram, to, from));

    public override void Update(in ListenOptions options)
    {
        lock (_refreshing)
        {
            _options = options;
            foreach (var port in _ports)
                port.Update(options);
        }
    }

    public override ValueTask DisposeAsync()
    {
        Close();
        return ValueTask.CompletedTask;
    }

    private void Close()
    {
        _addresses.Changed -= OnAddressesChanged;
        bool waiting;
        lock (_gate)
        {
            waiting = _waiting;
            _waiting = false;
            _closed = true;
        }
        if (waiting)
            _readable.SetResult(DatagramStatus.Closed);
        foreach (var port in _ports)
            port.Close();
    }

    private ValueTask<DatagramStatus> WaitAsync()
    {
        lock (_gate)
        {
            if (_closed)
                return new(DatagramStatus.Closed);
            _readable.Reset();
            _waiting = true;
        }
        foreach (var port in _ports)
            port.Arm();
        return new(this, _readable.Version);
    }

    /// <summary>Receives what there is, holding a buffer for as long.</summary>
    /// <returns>How many.</returns>
    private int ReceiveSome(DatagramReceiver receiver, object state)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(LongestDatagram);
        try
        {
            var count = 0;
            while (count < MaxInARow && TryReceive(buffer, out var length, out var info) == DatagramStatus.Ok)
            {
                count++;
                receiver(state, buffer.AsSpan(0, length), info);
            }
            return count;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private DatagramStatus TryReceive(Span<byte> buffer, out int length, out DatagramInfo info)
    {
        // In turn, so that a flood at one address leaves the others their share.
        var ports = _ports;
        for (var i = 0; i < ports.Length; i++)
        {
            _next = (_next + 1) % ports.Length;
            var status = ports[_next].TryReceive(buffer, out length, out info);
            // Closed: this address has gone, or all have, and then the next wait says so.
            if (status is not (DatagramStatus.WouldBlock or DatagramStatus.Closed))
                return status;
        }
        length = 0;
        info = default;
        return DatagramStatus.WouldBlock;
    }

    private DatagramStatus TrySend(ReadOnlySpan<byte> datagram, in DatagramAddress to, in DatagramAddress from)
    {
        foreach (var port in _ports)
        {
            if (from.IsUnspecified ? port.Local.IsIPv4 == to.IsIPv4 : port.Local == from)
                return port.TrySend(datagram, to);
        }
        return _closed ? DatagramStatus.Closed : DatagramStatus.Failed;
    }

    /// <summary>The address itself, or for <c>0.0.0.0</c> all of IPv4 and for <c>::</c> all there are, or all of IPv6.</summary>
    private List<IPAddress> AddressesBehind() => !IsWildcard
        ? [LocalEndPoint.Address]
        : [.. _addresses.Current()
            .Where(address => address.AddressFamily == AddressFamily.InterNetwork ? !_options.IPv6Only : LocalEndPoint.Address.Equals(IPAddress.IPv6Any))];

    private void BindAll()
    {
        lock (_refreshing)
        {
            // Before the look, so that nothing changes unseen.
            if (IsWildcard)
                _addresses.Changed += OnAddressesChanged;
            try
            {
                foreach (var address in AddressesBehind())
                {
                    if (TryBind(address, starting: true) is not { } port)
                        continue;
                    LocalEndPoint.Port = port.LocalEndPoint.Port;
                    _ports = [.. _ports, port];
                }
                if (_ports.Length == 0)
                    throw new SocketException((int)SocketError.AddressNotAvailable);
            }
            catch
            {
                Close();
                throw;
            }
        }
    }

    /// <summary>Null where the address has gone meanwhile, or is not confirmed to be free yet (RFC 4862): it comes with a later change.</summary>
    /// <param name="address">One of this machine's.</param>
    /// <param name="starting">Whether it is an error that another has the port or that it is not allowed; later on the other addresses just go on.</param>
    private ManagedDatagramPort? TryBind(IPAddress address, bool starting)
    {
        try
        {
            return ManagedDatagramPort.Bind(new(address, LocalEndPoint.Port), _options, OnReadable);
        }
        catch (SocketException e) when (!starting
            || (IsWildcard && e.SocketErrorCode is not (SocketError.AddressAlreadyInUse or SocketError.AccessDenied)))
        {
            return null;
        }
    }

    /// <summary>Binds to the addresses that this machine has got since, and lets go of those that it has lost.</summary>
    private void Refresh()
    {
        lock (_refreshing)
        {
            var wanted = AddressesBehind();
            var lost = _ports.Where(port => !wanted.Contains(port.LocalEndPoint.Address)).ToList();
            var found = wanted.Where(address => !_ports.Any(port => port.LocalEndPoint.Address.Equals(address)))
                .Select(address => TryBind(address, starting: false)).OfType<ManagedDatagramPort>().ToList();
            lock (_gate)
            {
                if (_closed)
                    lost = found;
                else
                    _ports = [.. _ports.Except(lost), .. found];
            }
            lost.ForEach(port => port.Close());
            found.ForEach(port => port.Arm());
        }
    }

    private void OnAddressesChanged(object? sender, EventArgs e)
    {
        try
        {
            Refresh();
        }
        catch (NetworkInformationException)
        {
            // The system could not list its addresses: what is bound goes on, and the next change asks again.
        }
    }

    private void OnReadable()
    {
        lock (_gate)
        {
            if (!_waiting)
                return;
            _waiting = false;
        }
        _readable.SetResult(DatagramStatus.Ok);
    }

    DatagramStatus IValueTaskSource<DatagramStatus>.GetResult(short token) => _readable.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<DatagramStatus>.GetStatus(short token) => _readable.GetStatus(token);

    void IValueTaskSource<DatagramStatus>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _readable.OnCompleted(continuation, state, token, flags & ~ValueTaskSourceOnCompletedFlags.UseSchedulingContext);
}
