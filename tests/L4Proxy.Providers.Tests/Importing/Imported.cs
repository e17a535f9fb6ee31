using System.Text;
using System.Text.Json;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;

namespace L4Proxy.Providers.Tests.Importing;

/// <summary>What came of an import, as tests look at it.</summary>
internal static class Imported
{
    /// <summary>Its routes as they come, a line each: where it listens, the match, and where it leads.</summary>
    public static IReadOnlyList<string> Routes(L4ImportResult imported) =>
        [.. imported.Config.Routes!.Values.Select(route => Route(imported.Config, route))];

    /// <summary>A match, a cluster, an endpoint as JSON.</summary>
    public static string Json(L4Match? match) => match is null ? "" : Encoding.UTF8.GetString(ConfigWriter.Write(L4Match.Keys.Shape, match));

    /// <inheritdoc cref="Json(L4Match)"/>
    public static string Json(L4Cluster cluster) => Encoding.UTF8.GetString(ConfigWriter.Write(L4Cluster.Keys.Shape, cluster));

    /// <inheritdoc cref="Json(L4Match)"/>
    public static string Json(L4Endpoint endpoint) => Encoding.UTF8.GetString(ConfigWriter.Write(L4Endpoint.Keys.Shape, endpoint));

    /// <summary>The paths of what is lost.</summary>
    public static IReadOnlyList<string> Lost(L4ImportResult imported) => [.. imported.Errors.Select(error => error.Path)];

    /// <summary>The one cluster that there is.</summary>
    public static L4Cluster Cluster(L4ImportResult imported) => Assert.Single(imported.Config.Clusters!).Value;

    /// <summary>The one endpoint that there is.</summary>
    public static L4Endpoint Endpoint(L4ImportResult imported) => Assert.Single(imported.Config.Endpoints!).Value;

    /// <summary>What is printed is a configuration.</summary>
    public static void AssertValid(L4ImportResult imported) => Assert.Empty(ErrorsOf(imported));

    /// <summary>What is wrong with what is printed.</summary>
    public static List<L4ConfigError> ErrorsOf(L4ImportResult imported)
    {
        using var document = JsonDocument.Parse(imported.ToJson());
        var read = ConfigReader.Parse(document.RootElement.GetProperty(ConfigReader.SectionName));
        var errors = read.Errors.ToList();
        ConfigValidator.Validate(read.Config, errors, []);
        return errors;
    }

    private static string Route(L4Config config, L4Route route)
    {
        var urls = string.Join(' ', route.Endpoints!.Select(endpoint => config.Endpoints![endpoint].Url));
        var match = route.Match is null ? "" : $" {Json(route.Match)}";
        return $"{urls}{match} -> {(route.ClusterId is { } cluster ? string.Join(' ', config.Clusters![cluster].Destinations!.Values.Select(Destination)) : route.RejectWith ?? L4RejectWith.Reset)}";
    }

    private static string Destination(L4Destination destination) =>
        $"{destination.Address}{(destination.Weight is { } weight ? $"*{weight}" : "")}{(destination.Backup == true ? "(backup)" : "")}{(destination.Enabled == false ? "(down)" : "")}";
}
