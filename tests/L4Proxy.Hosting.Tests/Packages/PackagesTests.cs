using System.Text.Json;

namespace L4Proxy.Hosting.Tests.Packages;

/// <summary>What someone gets who adds a package.</summary>
public class PackagesTests(PackedPackages packages) : IClassFixture<PackedPackages>
{
    [Theory]
    [InlineData("L4Proxy.Core")]
    [InlineData("L4Proxy.Hosting")]
    public void A_package_says_what_it_does_and_brings_its_page(string name)
    {
        var metadata = packages.MetadataOf(name);

        foreach (var word in new[] { "TCP", "UDP", "TLS", "SNI" })
        {
            Assert.Contains(word, metadata.Element("description")!.Value, StringComparison.Ordinal);
            Assert.Contains(word.ToLowerInvariant(), metadata.Element("tags")!.Value.Split(' '));
        }
        Assert.Equal("README.md", metadata.Element("readme")?.Value);
        Assert.Equal("MIT", metadata.Element("license")?.Value);
        Assert.Contains("README.md", packages.FilesOf(name));
    }

    [Fact]
    public void A_package_depends_on_what_it_uses()
    {
        Assert.Equal(["DnsClient"], DependenciesOf("L4Proxy.Core"));
        Assert.Equal(["L4Proxy.Core", "Microsoft.Extensions.ServiceDiscovery", "Scalar.AspNetCore", "System.IO.Hashing", "Yarp.ReverseProxy"], DependenciesOf("L4Proxy.Hosting"));
    }

    [Fact]
    public async Task Editors_find_the_schema_of_a_programs_appsettings()
    {
        using var items = JsonDocument.Parse(await packages.AskConsumerAsync("JsonSchemaSegment"));

        // YARP brings one of its own.
        var segment = Assert.Single(
            items.RootElement.GetProperty("Items").GetProperty("JsonSchemaSegment").EnumerateArray(),
            item => item.GetProperty("FullPath").GetString()!.Contains("l4proxy", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(@"appsettings\..*json", segment.GetProperty("FilePathPattern").GetString());
        using var schema = JsonDocument.Parse(await File.ReadAllTextAsync(segment.GetProperty("FullPath").GetString()!, TestContext.Current.CancellationToken));
        Assert.True(schema.RootElement.GetProperty("properties").TryGetProperty("L4Proxy", out _));
    }

    private IEnumerable<string> DependenciesOf(string name) => packages.MetadataOf(name).Descendants("dependency").Select(d => d.Attribute("id")!.Value);
}
