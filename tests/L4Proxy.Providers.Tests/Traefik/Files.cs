using System.Net;
using System.Text;
using System.Text.Json;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using L4Proxy.Explaining.Clients;
using L4Proxy.Prefaces;
using L4Proxy.Routing;

namespace L4Proxy.Providers.Tests.Traefik;

/// <summary>Files of Traefik, and what becomes of them.</summary>
internal static class Files
{
    public static L4ImportResult Import(string yaml, params (string Name, string Address)[] entryPoints) => Import([("routes.yaml", yaml)], entryPoints);

    public static L4ImportResult Import((string Name, string Text)[] files, params (string Name, string Address)[] entryPoints) => L4TraefikImport.Parse(
        files.Select(file => KeyValuePair.Create(file.Name, (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(file.Text))),
        new() { EntryPoints = entryPoints.ToDictionary(entryPoint => entryPoint.Name, entryPoint => entryPoint.Address) });

    /// <summary>The route that a client takes on an endpoint, by the table that connections are routed by; <c>None</c> where there is none.</summary>
    /// <param name="imported">What was imported.</param>
    /// <param name="endpoint">The id of the endpoint.</param>
    /// <param name="client">What is known of the client, as <c>--explain</c> takes it.</param>
    /// <param name="port">The port that it connects to.</param>
    public static string Winner(L4ImportResult imported, string endpoint, string client, int port = 443)
    {
        Assert.True(L4ImaginedConnection.TryParse($"tcp {port} {client}", readFile: null, out var connection, out var error), error);
        var bytes = ImaginedClients.FirstBytesOf(connection).SelectMany(part => part.ToArray()).ToArray();
        var facts = new ConnectionFacts
        {
            ClientAddress = connection.ClientAddress ?? IPAddress.Parse("192.0.2.1"),
            LocalAddress = IPAddress.Parse("198.51.100.1"),
            LocalPort = port,
            Preface = PrefaceInspector.Inspect(bytes, PrefaceParsers.OfStreams),
            Bytes = bytes,
        };
        var routes = imported.Config.Routes!.Where(route => route.Value.Endpoints!.Contains(endpoint)).Select(route => new RouteModel { Id = route.Key, Config = route.Value });
        var match = RouteTable.Create([.. routes]).Match(facts, noMoreBytes: true);
        return match.Route?.Id ?? match.Status.ToString();
    }

    /// <summary>Nothing is wrong with what is printed.</summary>
    public static void AssertValid(L4ImportResult imported)
    {
        using var document = JsonDocument.Parse(imported.ToJson());
        var read = ConfigReader.Parse(document.RootElement.GetProperty(ConfigReader.SectionName));
        var errors = read.Errors.ToList();
        ConfigValidator.Validate(read.Config, errors, []);
        Assert.Empty(errors);
    }
}
