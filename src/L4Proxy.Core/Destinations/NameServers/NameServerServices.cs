using DnsClient;
using DnsClient.Protocol;
using L4Proxy.Destinations.Resolution;
using L4Proxy.Destinations.Services;
using L4Proxy.Names;

namespace L4Proxy.Destinations.NameServers;

/// <summary>The hosts of a service by SRV records (RFC 2782). Addresses that a name server adds are not looked at: each host is looked up by itself.</summary>
internal sealed class NameServerServices(NameServerClient client)
{
    // RFC 2782: a target that means that there is no such service.
    private const string NoService = ".";

    /// <summary>A <see cref="NameLookup{T}"/>.</summary>
    public async Task<LookupAnswer<ServiceTargets>> LookUpAsync(string name)
    {
        var answer = await client.AskAsync(name, QueryType.SRV);
        var records = answer.Records.OfType<SrvRecord>().ToList();
        var hosts = records.Where(IsHost).Select(record => new ServiceHost(Host(record), record.Port, record.Priority, record.Weight)).ToList();
        return new(before => ServiceTargets.Following(before, hosts))
        {
            TimeToLive = answer.TimeToLive,
            Nothing = records.Count > 0 && records.TrueForAll(record => record.Target.Value == NoService)
                ? "The name server says that the service does not exist (a target of '.')."
                : "There is no SRV record of this name.",
        };
    }

    private static bool IsHost(SrvRecord record) => record.Port > 0 && HostName.IsName(Host(record));

    private static string Host(SrvRecord record) => record.Target.Value.TrimEnd('.');
}
