using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using L4Proxy.Providers.Docker;

namespace L4Proxy.Providers.Tests.Docker;

/// <summary>Containers with labels, and what becomes of them.</summary>
internal static class Labelled
{
    private static readonly JsonSerializerOptions s_plain = new(JsonSerializerOptions.Default) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Options of a gateway in no container.</summary>
    public static L4DockerOptions Options { get; } = new() { OwnContainer = null };

    /// <summary>A container at 172.18.0.2 in the network <c>net</c>; each label is <c>KEY=VALUE</c>.</summary>
    public static DockerContainer Container(params string[] labels) => new()
    {
        Id = "94e5a34a1245d4f05fd12cf7c262ba652745450034fe1909e9994d2b11770cf9",
        Name = "broker",
        Labels = labels.Select(label => label.Split('=', 2)).ToDictionary(label => label[0], label => label[1]),
        Networks = new Dictionary<string, DockerAddress> { ["net"] = new("172.18.0.2") },
        NetworkMode = "net",
    };

    /// <summary>Labels, a line each.</summary>
    public static string[] Lines(string labels) => labels.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public static L4ImportResult Read(params DockerContainer[] containers) => DockerLabels.Read(containers, Options);

    /// <summary>What is found, in one line: <c>URL MATCH -> ADDRESSES</c> for each route.</summary>
    public static List<string> Routes(L4ImportResult result) =>
    [
        .. result.Config.Routes!.Values.Select(route =>
        {
            var from = string.Join(',', route.Endpoints!.Select(id => result.Config.Endpoints!.GetValueOrDefault(id)?.Url ?? id));
            var to = string.Join(',', result.Config.Clusters![route.ClusterId!].Destinations!.Values.Select(destination => destination.Address));
            return $"{from}{(route.Match is null ? "" : " " + Json(route.Match))} -> {to}";
        }),
    ];

    public static string Json(L4Match match) => System.Text.Encoding.UTF8.GetString(ConfigWriter.Write(L4Match.Keys.Shape, match));

    public static string Json(L4ImportResult result) => JsonNode.Parse(result.ToJson())!["L4Proxy"]!.ToJsonString(s_plain);

    /// <summary>Whatever came of labels is a configuration that would be taken.</summary>
    public static void AssertValid(L4ImportResult result)
    {
        using var document = JsonDocument.Parse(result.ToJson());
        var read = ConfigReader.Parse(document.RootElement.GetProperty(ConfigReader.SectionName));
        var errors = read.Errors.ToList();
        ConfigValidator.Validate(read.Config, errors, []);
        Assert.Empty(errors);
    }
}
