using L4Proxy.Configuration.Reading;
using L4Proxy.Destinations;
using L4Proxy.Destinations.Services;

namespace L4Proxy.Configuration.Validation;

/// <summary>Whether somebody knows of the services that destinations are.</summary>
internal sealed class ServiceCheck(IServiceEndpoints? services = null) : IConfigCheck
{
    public void Check(ConfigGraph graph, ICollection<L4ConfigError> errors, ICollection<L4ConfigError> warnings)
    {
        var path = new ConfigPath(ConfigReader.SectionName)["Clusters"];
        foreach (var (id, _) in graph.NewClusters)
        {
            foreach (var (destination, address) in graph.Addresses[id].Where(item => item.Value.Kind == DestinationAddressKind.Service))
            {
                if (Check(address.Host) is { } error)
                    errors.Add(new(path[id]["Destinations"][destination]["Address"].ToString(), error));
            }
        }
    }

    private string? Check(string name) =>
        services is null ? $"Nobody knows of services here: '{name}' needs the package L4Proxy.Hosting." : services.TryCheck(name, out var error) ? null : error;
}
