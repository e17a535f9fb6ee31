using System.Text.RegularExpressions;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;

namespace L4Proxy.Core.Tests.House;

public partial class ReadmeTests
{
    [Fact]
    public void The_screen_of_configuration_is_valid()
    {
        var json = Json().Match(Repository.Read("README.md")).Groups[1].Value;
        var parsed = ConfigReader.ParseFile(System.Text.Encoding.UTF8.GetBytes(json), "README.md");
        var errors = parsed.Errors.ToList();
        ConfigValidator.Validate(parsed.Config, errors, []);
        Assert.Empty(errors);
        Assert.Equal(5, parsed.Config.Endpoints!.Count);
    }

    [GeneratedRegex("```jsonc\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Json();
}
