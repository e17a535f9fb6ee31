using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.HaProxy;

/// <summary>The backends by their names, each put into the configuration when the first route leads to it.</summary>
internal sealed class HaProxyClusters(ImportedConfig config, ImportNotes notes)
{
    private readonly Dictionary<string, HaProxyBackend> _backends = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _ids = new(StringComparer.Ordinal);

    /// <summary>Takes one.</summary>
    public void Add(HaProxyBackend backend)
    {
        if (!_backends.TryAdd(backend.Block.Name, backend))
            backend.Block.Lost($"There is a backend '{backend.Block.Name}' already.");
    }

    /// <summary>The cluster of a backend.</summary>
    /// <returns>Null where it leads nowhere, which is said.</returns>
    public (string Id, HaProxyBackend Backend)? Find(string name)
    {
        if (!_backends.TryGetValue(name, out var backend))
        {
            notes.Lost($"backend {name}", "There is no such backend, or it is none of layer 4: what leads there is not carried over.");
            return null;
        }
        if (backend.Cluster is not { } cluster)
            return null;
        if (!_ids.TryGetValue(name, out var id))
            _ids.Add(name, id = config.Cluster(name, cluster));
        return (id, backend);
    }
}
