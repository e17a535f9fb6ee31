using System.Net;
using L4Proxy.Destinations.Resolution;
using L4Proxy.Transport;

namespace L4Proxy.Udp;

/// <summary>
/// A flow's way to its destination: the socket, and what the client sends until there is one, kept until the destination has been heard for as long
/// as another one would get it. A part of its <see cref="UdpSession"/>: mutable, and in that one place.
/// </summary>
internal struct Upstream(DatagramHeader? header)
{
    // Who has not answered by then is not known to have got nothing: the network's own errors take up to 3 seconds (RFC 4861, ARP).
    private const long KeepFor = 3_500;
    private const long SilentFor = 5_000;
    private const long AskAgainAfter = 1_000;

    // What waits for a socket, and what is kept; null where there is nothing to wait for.
    private PendingDatagrams? _pending;
    private ConnectedDatagramSocket? _socket;
    private long _keptUntil;
    private long _unansweredSince = long.MaxValue;
    private long _bytes;
    // Of the socket's own thread.
    private bool _isHeard;

    /// <summary>Null while there is none.</summary>
    public readonly ConnectedDatagramSocket? Socket => Volatile.Read(in _socket);

    /// <summary>The address that the socket is connected to, or was at last.</summary>
    public IPEndPoint? EndPoint { get; private set; }

    /// <summary>Where the destination is, and what is learnt of that.</summary>
    public EndPointOrder? Addresses { get; private set; }

    /// <summary>When the socket was connected to it.</summary>
    public readonly long ConnectedAt => _keptUntil - KeepFor;

    /// <summary>What the network said of the destination's not being there, or Ok.</summary>
    public DatagramStatus Refusal { get; set; }

    /// <summary>What was sent, without headers.</summary>
    public readonly long Bytes => Volatile.Read(in _bytes);

    /// <summary>Whether a datagram and the PROXY header that may have to go before it are one datagram.</summary>
    public readonly bool Fits(int length) => header?.Fits(length) ?? true;

    /// <summary>What comes before there is a socket is to be kept. On the receiving thread, before another has the flow.</summary>
    public void KeepUntilConnected() => _pending ??= new();

    /// <summary>Sends a datagram of the client's, or keeps it until there is a socket. On the receiving thread.</summary>
    /// <returns>Refused or Unreachable where nobody else can be tried.</returns>
    public DatagramStatus Send(ReadOnlySpan<byte> datagram, long now)
    {
        if (now < _unansweredSince)
            Volatile.Write(ref _unansweredSince, now);
        if (Volatile.Read(ref _pending) is { } pending)
            return Send(pending, datagram, now);
        if (Socket is not { } socket)
            return DatagramStatus.Closed;
        var status = Send(socket, datagram);
        if (IsRefusal(status))
            Refusal = status;
        return status;
    }

    /// <summary>
    /// Takes a socket to an address of the destination, sends what waited, in its order, and from now on everything else. What is sent is kept if there is
    /// another address or destination.
    /// </summary>
    /// <returns>Refused or Unreachable where that shows at once: the socket is the caller's still.</returns>
    public DatagramStatus Attach(ConnectedDatagramSocket socket, IPEndPoint endPoint, EndPointOrder order, bool keep, long now)
    {
        (EndPoint, Addresses) = (endPoint, order);
        Refusal = DatagramStatus.Ok;
        _keptUntil = now + KeepFor;
        if (_pending is null && keep)
            _pending = new();
        if (_pending is not { } pending)
        {
            Interlocked.Exchange(ref _socket, socket);
            return DatagramStatus.Ok;
        }
        lock (pending.Gate)
        {
            var position = 0;
            while (pending.TryRead(ref position, out var datagram))
            {
                if (Send(socket, datagram) is var status && IsRefusal(status))
                {
                    TakeBack();
                    return status;
                }
            }
            Interlocked.Exchange(ref _socket, socket);
            if (!keep)
                LetGo(pending);
        }
        return DatagramStatus.Ok;
    }

    /// <summary>The destination is not there: what was sent to it waits for another.</summary>
    /// <returns>False where it is not kept, or not any more: who answered before, or has been there for a while, may have got it.</returns>
    public bool TryTakeBack(long now)
    {
        if (Volatile.Read(ref _pending) is not { } pending)
            return false;
        ConnectedDatagramSocket? refused;
        lock (pending.Gate)
        {
            if (pending.IsReleased || now > _keptUntil)
                return false;
            refused = _socket;
            TakeBack();
        }
        refused?.Dispose();
        return true;
    }

    /// <summary>The destination has sent something. On the socket's own thread.</summary>
    /// <returns>Whether it is the first.</returns>
    public bool NoteHeard()
    {
        if (Volatile.Read(ref _unansweredSince) != long.MaxValue)
            Volatile.Write(ref _unansweredSince, long.MaxValue);
        if (_isHeard)
            return false;
        _isHeard = true;
        Addresses!.NoteAnswered(EndPoint!);
        if (Volatile.Read(ref _pending) is { } pending)
        {
            lock (pending.Gate)
                LetGo(pending);
        }
        return true;
    }

    /// <summary>Whether what the client sends has been without an answer for some seconds. Says so once a second.</summary>
    public bool IsUnheard(long now)
    {
        if (now - Volatile.Read(ref _unansweredSince) < SilentFor)
            return false;
        Volatile.Write(ref _unansweredSince, now - SilentFor + AskAgainAfter);
        return true;
    }

    /// <summary>Gives back what was not sent, and the socket.</summary>
    public void Close()
    {
        if (Volatile.Read(ref _pending) is { } pending)
        {
            lock (pending.Gate)
                pending.Release();
        }
        Socket?.Dispose();
    }

    private static bool IsRefusal(DatagramStatus status) => status is DatagramStatus.Refused or DatagramStatus.Unreachable;

    private DatagramStatus Send(PendingDatagrams pending, ReadOnlySpan<byte> datagram, long now)
    {
        ConnectedDatagramSocket refused;
        bool isKept;
        lock (pending.Gate)
        {
            if (_socket is not { } socket)
            {
                // Any that waits may become the first that is sent.
                if (!Fits(datagram.Length))
                    return DatagramStatus.TooLarge;
                return pending.TryAdd(datagram) ? DatagramStatus.Ok : DatagramStatus.Exhausted;
            }
            if (now > _keptUntil)
                LetGo(pending);
            isKept = pending.TryKeep(datagram);
            var status = Send(socket, datagram);
            if (!IsRefusal(status))
                return status;
            Refusal = status;
            if (pending.IsReleased)
                return status;
            TakeBack();
            refused = socket;
        }
        // With this its walk goes on, to another.
        refused.Dispose();
        return isKept ? DatagramStatus.Ok : DatagramStatus.Exhausted;
    }

    private void LetGo(PendingDatagrams pending)
    {
        pending.Release();
        Volatile.Write(ref _pending, null);
    }

    private void TakeBack()
    {
        Volatile.Write(ref _socket, null);
        Volatile.Write(ref _bytes, 0);
        header?.Reset();
    }

    private DatagramStatus Send(ConnectedDatagramSocket socket, ReadOnlySpan<byte> datagram)
    {
        var status = header is null ? socket.TrySend(datagram) : header.Send(socket, datagram);
        if (status == DatagramStatus.Ok)
            Volatile.Write(ref _bytes, _bytes + datagram.Length);
        return status;
    }
}
