using L4Proxy.Configuration;
using L4Proxy.Hosting.Tests.Hosts;
using Microsoft.Extensions.Configuration;

namespace L4Proxy.Hosting.Tests.Configuration;

/// <summary>A real appsettings.json that is removed, emptied or broken, with a variable of the environment over it.</summary>
public sealed class GoneSectionTests : IDisposable
{
    private const string Good = """{ "L4Proxy": { "Endpoints": { "in": { "Url": "tcp://127.0.0.1:1883" } } } }""";

    private readonly string _directory = Directory.CreateTempSubdirectory("l4proxy-").FullName;
    private readonly string _file;
    private readonly ConfigurationManager _configuration = new();

    public GoneSectionTests()
    {
        _file = Path.Combine(_directory, "appsettings.json");
        File.WriteAllText(_file, Good);
    }

    public void Dispose()
    {
        _configuration.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData("removed", false)]
    [InlineData("removed", true)]
    [InlineData("{ broken", false)]
    [InlineData("{ broken", true)]
    [InlineData("", false)]
    [InlineData("{}", false)]
    [InlineData("""{ "Other": 1 }""", true)]
    public async Task A_section_that_goes_whole_is_an_error_that_is_said_until_it_comes_back(string change, bool withVariable)
    {
        using var provider = Follow(withVariable);
        var first = provider.GetConfig();
        Assert.Empty(first.Errors);

        if (change == "removed")
            File.Delete(_file);
        else
            await File.WriteAllTextAsync(_file, change, TestContext.Current.CancellationToken);
        await Deadline.Until(() => first.ChangeToken.HasChanged);

        L4ConfigSnapshot gone = first;
        await Deadline.Until(() => (gone = provider.GetConfig()).Errors.Count == 1);
        Assert.StartsWith("L4Proxy: The section, or all of its Endpoints, is gone", gone.Errors[0].ToString(), StringComparison.Ordinal);
        await File.WriteAllTextAsync(_file, Good, TestContext.Current.CancellationToken);
        await Deadline.Until(() => provider.GetConfig() is { Errors.Count: 0, Config.Endpoints.Count: 1 });
    }

    [Theory]
    [InlineData("""{ "L4Proxy": {} }""", false)]
    [InlineData("""{ "L4Proxy": {} }""", true)]
    [InlineData("""{ "L4Proxy": null }""", false)]
    [InlineData("""{ "L4Proxy": { "Endpoints": {} } }""", true)]
    public async Task One_that_is_emptied_on_purpose_is_taken(string empty, bool withVariable)
    {
        using var provider = Follow(withVariable);
        var first = provider.GetConfig();

        await File.WriteAllTextAsync(_file, empty, TestContext.Current.CancellationToken);
        await Deadline.Until(() => first.ChangeToken.HasChanged && (provider.GetConfig().Config.Endpoints?.Count ?? 0) == 0);

        Assert.Empty(provider.GetConfig().Errors);
        // And then there is nothing left that could go.
        File.Delete(_file);
        await Deadline.Until(() => !SectionWatch.IsThere(_configuration.GetSection("L4Proxy:Endpoints")));
        Assert.Empty(provider.GetConfig().Errors);
    }

    private ConfigurationConfigProvider Follow(bool withVariable)
    {
        _configuration.AddJsonFile(_file, optional: true, reloadOnChange: true);
        if (withVariable)
            _configuration.AddInMemoryCollection([new("L4PROXY:MAXCONNECTIONS", "7")]);
        return new ConfigurationConfigProvider(_configuration.GetSection("L4Proxy"), _configuration, TimeProvider.System);
    }
}
