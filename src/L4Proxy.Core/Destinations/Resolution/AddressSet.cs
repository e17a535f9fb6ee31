using System.Collections.Immutable;
using System.Net;

namespace L4Proxy.Destinations.Resolution;

/// <summary>A name's addresses. Remembers the end points last made of them: most names are dialled on one port.</summary>
internal sealed class AddressSet
{
    /// <summary>A name may have thousands of addresses (RFC 1035 section 4.1.3 bounds only the message); more than these are never dialled.</summary>
    private const int MaxAddresses = 64;

    private readonly IPAddress[] _addresses;
    private OnPort? _last;

    public AddressSet(ReadOnlySpan<IPAddress> addresses) =>
        _addresses = addresses[..Math.Min(addresses.Length, MaxAddresses)].ToArray();

    /// <summary>The addresses with <paramref name="port"/>, in order.</summary>
    public ImmutableArray<EndPoint> EndPoints(int port)
    {
        var last = Volatile.Read(ref _last);
        if (last is null || last.Port != port)
        {
            last = new OnPort(port, MakeEndPoints(port));
            Volatile.Write(ref _last, last);
        }

        return last.EndPoints;
    }

    private ImmutableArray<EndPoint> MakeEndPoints(int port) => [.. _addresses.Select(address => new IPEndPoint(address, port))];

    private sealed record OnPort(int Port, ImmutableArray<EndPoint> EndPoints);
}
