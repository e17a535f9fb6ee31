using L4Proxy.Configuration;
using L4Proxy.Configuration.Validation;

namespace L4Proxy.Kestrel;

/// <summary>Checks that own endpoints leave Kestrel's addresses alone: Kestrel binds first, and they would be tried for ever.</summary>
internal sealed class KestrelAddressCheck(KestrelAddresses addresses) : IConfigCheck
{
    public void Check(ConfigGraph graph, ICollection<L4ConfigError> errors, ICollection<L4ConfigError> warnings)
    {
        if (graph.Urls.Count == 0)
            return;
        var taken = addresses.Taken().ToList();
        foreach (var (id, url) in graph.Urls)
        {
            if (taken.Find(t => t.Overlaps(url)) is { } other)
                (other.IsSure ? errors : warnings).Add(new($"L4Proxy:Endpoints:{id}:Url", $"{other.Holder} has {other.Url} as well. {other.Advice}"));
        }
    }
}
