using L4Proxy.Configuration;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Docker;

/// <summary>The routes that labels of running containers ask for.</summary>
internal static class DockerLabels
{
    private const string Enable = NativeLabels.Prefix + "enable";

    /// <summary>Reads them. Nothing that a label says throws: what is wrong is an error with the path <c>container NAME: label KEY</c>, and only the route of that container is left out.</summary>
    /// <param name="containers">All running containers, also those without labels, which others may share a network with.</param>
    /// <param name="options">How they are reached.</param>
    /// <param name="endpoints">The endpoints of other sources, where they are known: a route may name one, and what listens on the same address is the same one.</param>
    public static L4ImportResult Read(IReadOnlyList<DockerContainer> containers, L4DockerOptions options, IReadOnlyDictionary<string, L4Endpoint>? endpoints = null)
    {
        var notes = new ImportNotes();
        var hosts = new DockerHosts(containers, options);
        var caddy = new CaddyLabels(options.LabelPrefix, hosts);
        var routes = new List<DockerRoute>();
        // In an order of their own: an Engine lists the newest first, and ids are not to change with that.
        foreach (var container in containers.OrderBy(container => container.Name, StringComparer.Ordinal).ThenBy(container => container.Id, StringComparer.Ordinal))
        {
            var said = new DockerNotes(notes, container);
            if (!IsEnabled(container, said))
                continue;
            routes.AddRange(caddy.Read(container, said));
            routes.AddRange(new NativeLabels(container, hosts, said).Read());
        }
        return notes.Result(new DockerConfig(notes, endpoints).Build(routes));
    }

    private static bool IsEnabled(DockerContainer container, DockerNotes notes)
    {
        if (!container.Labels.TryGetValue(Enable, out var text))
            return true;
        if (bool.TryParse(text.Trim(), out var isEnabled))
            return isEnabled;
        notes.Lost(Enable, $"'{text}' is neither true nor false: nothing of the container is read.");
        return false;
    }
}
