using System.Net;
using System.Net.Sockets;
using DnsClient;
using DnsClient.Protocol;
using L4Proxy.Configuration;
using L4Proxy.Destinations.Resolution;

namespace L4Proxy.Destinations.NameServers;

/// <summary>
/// A name's addresses by name servers. Both families are asked for at once, and one that has come is not kept waiting for the other, which joins it
/// for the next connections.
/// </summary>
internal sealed class NameServerAddresses(NameServerClient client, L4AddressFamily family, TimeProvider time)
{
    // RFC 8305 section 3: the Resolution Delay. Usually both come within it, and the first connection has both.
    private static readonly TimeSpan s_resolutionDelay = TimeSpan.FromMilliseconds(50);

    private static readonly IPAddress s_mappedAny = IPAddress.Any.MapToIPv6();

    /// <summary>A <see cref="NameLookup{T}"/>.</summary>
    public Task<LookupAnswer<AddressSet>> LookUpAsync(string host) => family switch
    {
        L4AddressFamily.IPv4 => OneAsync(host, AddressFamily.InterNetwork),
        L4AddressFamily.IPv6 => OneAsync(host, AddressFamily.InterNetworkV6),
        _ => BothAsync(host),
    };

    private async Task<LookupAnswer<AddressSet>> OneAsync(string host, AddressFamily one)
    {
        var answer = await AskAsync(host, one);
        return answer.Failure is { } failure ? throw failure : Joined([answer], missing: null) with { Nothing = family.NoAddress() };
    }

    private async Task<LookupAnswer<AddressSet>> BothAsync(string host)
    {
        var (v4, v6) = (AskAsync(host, AddressFamily.InterNetwork), AskAsync(host, AddressFamily.InterNetworkV6));
        var (first, other) = await Task.WhenAny(v4, v6) == v4 ? (await v4, v6) : (await v6, v4);
        // That of AAAA alone some say where they mean that there is none (RFC 4074 section 4.2).
        if (first is { IsNoName: true, Family: AddressFamily.InterNetwork })
            return Joined([first], missing: null);
        if (first.Addresses.Length == 0)
            return Joined(first, await other);
        await Task.WhenAny(other, Task.Delay(s_resolutionDelay, time));
        return other.IsCompleted ? Joined(first, await other) : Joined([first], missing: FamilyOther(first)) with { Rest = RestAsync(first, other) };
    }

    private static async Task<LookupAnswer<AddressSet>> RestAsync(FamilyAnswer first, Task<FamilyAnswer> other) => Joined(first, await other);

    private static LookupAnswer<AddressSet> Joined(FamilyAnswer first, FamilyAnswer other)
    {
        if (first.IsNoName || other.IsNoName)
            return Joined([first, other], missing: null);
        var failed = first.Failure is not null ? first : other.Failure is not null ? other : null;
        // That there is none of the one family does not mean that there is none.
        return failed is not null && first.Addresses.Length + other.Addresses.Length == 0 ? throw failed.Failure! : Joined([first, other], failed?.Family);
    }

    private static LookupAnswer<AddressSet> Joined(FamilyAnswer[] answers, AddressFamily? missing)
    {
        IPAddress[] addresses = [.. answers.SelectMany(answer => answer.Addresses)];
        return new(before => AddressSet.Following(before, addresses, missing)) { TimeToLive = answers.Min(answer => answer.TimeToLive) };
    }

    private static AddressFamily FamilyOther(FamilyAnswer answer) =>
        answer.Family == AddressFamily.InterNetwork ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;

    private async Task<FamilyAnswer> AskAsync(string host, AddressFamily family)
    {
        try
        {
            var answer = await client.AskAsync(host, family == AddressFamily.InterNetwork ? QueryType.A : QueryType.AAAA);
            return new(family, [.. answer.Records.OfType<AddressRecord>().Select(record => record.Address).Where(IsSomewhere)])
            {
                TimeToLive = answer.Records.Count > 0 ? answer.TimeToLive : TimeSpan.MaxValue, IsNoName = !answer.Exists,
            };
        }
        catch (NameServerException e)
        {
            return new(family, []) { Failure = e };
        }
    }

    /// <summary>Where names are blocked the answer is often <c>0.0.0.0</c>, which Linux takes for this machine.</summary>
    private static bool IsSomewhere(IPAddress address) =>
        !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) && !address.Equals(s_mappedAny);
}
