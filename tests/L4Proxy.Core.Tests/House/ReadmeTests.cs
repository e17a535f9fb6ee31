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

    [Theory]
    [InlineData("certificates.md", 2)]
    [InlineData("http.md", 2)]
    public void The_examples_of_a_page_are_valid(string page, int count)
    {
        var examples = Json().Matches(Repository.Read("docs/" + page));
        Assert.Equal(count, examples.Count);
        foreach (Match example in examples)
        {
            var parsed = ConfigReader.ParseFile(System.Text.Encoding.UTF8.GetBytes(example.Groups[1].Value), page);
            List<L4ConfigError> errors = [.. parsed.Errors], warnings = [];
            ConfigValidator.Validate(parsed.Config, errors, warnings);
            Assert.Empty(errors);
            Assert.Empty(warnings);
        }
    }

    [GeneratedRegex("```jsonc?\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Json();
}
