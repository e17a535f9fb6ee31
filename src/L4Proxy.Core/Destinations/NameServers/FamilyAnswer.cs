using System.Net;
using System.Net.Sockets;

namespace L4Proxy.Destinations.NameServers;

/// <summary>What is known of a name's addresses of one family.</summary>
/// <param name="Family">Which.</param>
/// <param name="Addresses">They; perhaps none.</param>
internal sealed record FamilyAnswer(AddressFamily Family, IPAddress[] Addresses)
{
    /// <summary>How long they hold.</summary>
    public TimeSpan TimeToLive { get; init; } = TimeSpan.MaxValue;

    /// <summary>Whether there is no such name, and so none of the other family.</summary>
    public bool IsNoName { get; init; }

    /// <summary>Why it could not be found out; else null.</summary>
    public NameServerException? Failure { get; init; }
}
