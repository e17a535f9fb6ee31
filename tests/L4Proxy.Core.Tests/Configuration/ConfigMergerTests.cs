using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;

namespace L4Proxy.Core.Tests.Configuration;

public class ConfigMergerTests
{
    [Fact]
    public void Ids_of_all_providers_are_put_together()
    {
        var merged = Merge(
            """{ "Transport": "Managed", "Routes": { "a": { "Order": 1 } }, "AccessLog": { "Enabled": false } }""",
            """{ "Routes": { "b": { "Order": 2 } }, "Clusters": { "c": {} }, "AccessLog": { "Sampling": 0.5 } }""",
            """{ "Routes": { "A": { "Order": 3 } }, "MaxConnections": 7 }""");

        Assert.Empty(merged.Errors);
        Assert.Equal(
            Sample.Json(Sample.AssertErrors("""
                {
                  "Transport": "Managed", "MaxConnections": 7, "AccessLog": { "Enabled": false, "Sampling": 0.5 },
                  "Routes": { "a": { "Order": 1 }, "b": { "Order": 2 }, "A": { "Order": 3 } }, "Clusters": { "c": {} }
                }
                """)),
            Sample.Json(merged.Config));
    }

    [Fact]
    public void An_id_of_two_providers_is_an_error_and_the_first_one_counts()
    {
        var merged = Merge(
            """{ "Routes": { "a": { "Order": 1 } }, "Clusters": { "c": {} } }""",
            """{ "Routes": { "a": { "Order": 2 } }, "Clusters": { "c": {} } }""");

        Assert.Equal(
            [
                "L4Proxy:Routes:a: Two configuration sources give this id: the file '1.json', and the file '2.json'.",
                "L4Proxy:Clusters:c: Two configuration sources give this id: the file '1.json', and the file '2.json'.",
            ],
            merged.Errors.Select(error => error.ToString()));
        Assert.Equal(1, merged.Config.Routes!["a"].Order);
    }

    [Fact]
    public void A_global_value_may_be_repeated_but_not_contradicted()
    {
        var merged = Merge(
            """{ "MaxConnections": 5, "Transport": "Auto", "Dns": { "Servers": ["10.0.0.1"], "Timeout": "00:00:01" } }""",
            """{ "MaxConnections": 5, "Transport": "Managed", "Dns": { "Servers": ["10.0.0.1"], "Timeout": "00:00:02" } }""",
            """{ "Dns": { "Servers": ["10.0.0.2"] } }""");

        Assert.Equal(
            [
                "L4Proxy:Transport: Two configuration sources give different values: the file '1.json', and the file '2.json'.",
                "L4Proxy:Dns:Timeout: Two configuration sources give different values: the file '1.json', and the file '2.json'.",
                "L4Proxy:Dns:Servers: Two configuration sources give different values: the file '1.json', and the file '3.json'.",
            ],
            merged.Errors.Select(error => error.ToString()));
        Assert.Equal(L4TransportKind.Auto, merged.Config.Transport);
        Assert.Equal(["10.0.0.1"], merged.Config.Dns!.Servers);
    }

    [Fact]
    public void Errors_of_the_providers_are_kept()
    {
        var merged = Merge("""{ "Bad": 1 }""", """{ "Routes": { "r": 1 } }""");

        Assert.Equal(["L4Proxy:Bad", "L4Proxy:Routes:r"], merged.Errors.Select(error => error.Path));
    }

    [Fact]
    public void No_provider_is_an_empty_configuration_and_one_is_its_own()
    {
        Assert.Equal(new L4Config(), Merge().Config);
        var only = new L4InMemoryConfigProvider(new L4Config { Reactors = 1 }).GetConfig();

        Assert.Same(only.Config, ConfigMerger.Merge([new ProvidedConfig("", only)]).Config);
    }

    private static L4ConfigParseResult Merge(params string[] sections) => ConfigMerger.Merge(
    [
        .. sections.Select(section => Sample.Parse(section)).Select((result, i) => Provided($"the file '{i + 1}.json'", result)),
    ]);

    [Fact]
    public void Two_sources_of_one_name_are_told_apart_by_their_place()
    {
        var section = Sample.Parse("""{ "Routes": { "a": { "Order": 1 } } }""");

        var merged = ConfigMerger.Merge([Provided("the section 'L4Proxy'", section), Provided("other", Sample.Parse("{}")), Provided("the section 'L4Proxy'", section)]);

        Assert.Equal(
            "L4Proxy:Routes:a: Two configuration sources give this id: the section 'L4Proxy' (source 1), and the section 'L4Proxy' again (source 3).",
            Assert.Single(merged.Errors).ToString());
    }

    private static ProvidedConfig Provided(string name, L4ConfigParseResult result) =>
        new(name, new L4ConfigSnapshot(result.Config, new L4InMemoryConfigProvider(result.Config).GetConfig().ChangeToken, result.Errors));
}
