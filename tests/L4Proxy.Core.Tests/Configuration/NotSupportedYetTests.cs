using System.Text;
using L4Proxy.Configuration.Reading;
using L4Proxy.Configuration.Shapes;
using static L4Proxy.Core.Tests.Configuration.ConfigValidatorTests;

namespace L4Proxy.Core.Tests.Configuration;

public class NotSupportedYetTests
{
    private static IEnumerable<ConfigKey> NotYet => AllShapes.Records.SelectMany(shape => shape.Keys).Where(key => key.NotYet);

    [Fact]
    public void Every_key_that_says_so_is_refused()
    {
        // Several, so that each value which says no more than what happens anyway is another one at least once.
        var refused = Enumerable.Range(0, 6)
            .Select(start => ConfigReader.Parse(Encoding.UTF8.GetBytes(EveryKey.Write(start))).Config)
            .SelectMany(config => Validate(config).Errors)
            .Where(error => error.Message.Contains("not supported yet", StringComparison.Ordinal))
            .Select(error => error.Path).ToHashSet();

        Assert.All(NotYet, key => Assert.Contains(refused, path => path.Split(':').Contains(key.Name)));
    }

    [Theory]
    [InlineData("""{ "Dns": { "Servers": ["10.0.0.1", "10.0.0.2"] } }""", "L4Proxy:Dns:Servers")]
    [InlineData("""{ "Endpoints": { "e": { "Firewall": { "DenyFile": "deny.txt" } } } }""", "L4Proxy:Endpoints:e:Firewall:DenyFile")]
    [InlineData("""{ "Endpoints": { "e": { "Limits": { "ConnectionRate": { "PerClient": false } } } } }""",
        "L4Proxy:Endpoints:e:Limits:ConnectionRate:PerClient")]
    [InlineData("""{ "Clusters": { "c": { "Destinations": { "d": { "Address": "a:1" } }, "Queue": {} } } }""",
        "L4Proxy:Clusters:c:Queue")]
    [InlineData("""{ "Clusters": { "c": { "Destinations": { "d": { "Address": "a:1" } }, "HealthCheck": { "Passive": { "MaxFails": 2 } } } } }""",
        "L4Proxy:Clusters:c:HealthCheck:Passive:MaxFails")]
    public void What_is_given_and_not_built_is_an_error_at_each_value(string section, params string[] paths) =>
        AssertErrors(section, [.. paths.Select(path => $"{path}: This is not supported yet.")]);
}
