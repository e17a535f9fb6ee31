using L4Proxy.Configuration;

namespace L4Proxy.Core.Tests.Configuration;

/// <summary>What was said of a destination while it runs.</summary>
public class DestinationOverrideTests
{
    [Theory]
    [InlineData(true, null, """{"drained":true}""")]
    [InlineData(false, 0, """{"weight":0}""")]
    [InlineData(true, 7, """{"drained":true,"weight":7}""")]
    [InlineData(false, null, "{}")]
    public void It_is_kept_and_read_as_it_was(bool isDrained, int? weight, string json)
    {
        var said = new DestinationOverride(isDrained, weight);
        Assert.Equal(json, said.ToJson());
        Assert.Equal(said, DestinationOverride.Parse(json));
    }

    [Fact]
    public void What_a_newer_version_wrote_is_read_as_far_as_it_is_known()
    {
        Assert.Equal(new DestinationOverride(true, null), DestinationOverride.Parse("""{"drained":true,"weight":{"percent":5},"until":"noon"}"""));
        Assert.Null(DestinationOverride.Parse("[]"));
        Assert.Null(DestinationOverride.Parse("{"));
    }

    [Fact]
    public void It_counts_over_what_is_configured_and_only_there()
    {
        var config = Sample.AssertErrors("""
            { "Clusters": { "c": { "Destinations": { "a": { "Address": "h:1", "Weight": 3 }, "b": { "Address": "h:2", "Enabled": false } } },
              "d": { "Destinations": { "a": { "Address": "h:3" } } } } }
            """);
        var over = DestinationOverride.Over(config, new Dictionary<string, DestinationOverride>
        {
            ["c/a"] = new(true, null), ["c/b"] = new(false, 5), ["c/gone"] = new(true, null), ["gone/a"] = new(true, 1), ["odd"] = new(true, 1),
        });
        Assert.Equal(new L4Destination { Address = "h:1", Weight = 3, Enabled = false }, over.Clusters!["c"].Destinations!["a"]);
        // No drain does not enable what is configured to be off.
        Assert.Equal(new L4Destination { Address = "h:2", Weight = 5, Enabled = false }, over.Clusters["c"].Destinations!["b"]);
        Assert.Same(config.Clusters!["d"], over.Clusters["d"]);
        Assert.Equal(2, over.Clusters.Count);
        Assert.Null(config.Clusters["c"].Destinations!["a"].Enabled);
        Assert.Same(config, DestinationOverride.Over(config, new Dictionary<string, DestinationOverride>()));
    }
}
