using System.Text;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using L4Proxy.Configuration.Validation;

namespace L4Proxy.Core.Tests.Configuration;

/// <summary>Texts and records that the tests of this folder share.</summary>
internal static class Sample
{
    /// <summary>The example of section 4 of the design, whole.</summary>
    public static byte[] Example { get; } =
        File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Configuration", "example.jsonc"));

    public static L4ConfigParseResult Parse(string section) => ConfigReader.Parse(Encoding.UTF8.GetBytes(section));

    /// <summary>A configuration as it is built of, its URLs and addresses read: all must be right.</summary>
    public static ConfigGraph Graph(L4Config config)
    {
        var errors = new List<L4ConfigError>();
        var graph = new ConfigGraph(config, new ConfigPath(ConfigReader.SectionName), new Findings(errors, []));
        Assert.Empty(errors);
        return graph;
    }

    public static string Json(L4Config config) => Encoding.UTF8.GetString(ConfigWriter.Write(config));

    /// <summary>Asserts that the section is read with exactly these errors, each as <c>path: message</c>.</summary>
    public static L4Config AssertErrors(string section, params string[] expected)
    {
        var result = Parse(section);
        Assert.Equal(expected, result.Errors.Select(error => error.ToString()));
        return result.Config;
    }
}
