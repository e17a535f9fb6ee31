using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Timing;
using Microsoft.Extensions.Time.Testing;

namespace L4Proxy.Core.Tests.Configuration;

public sealed class L4JsonFileConfigProviderTests : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    private readonly string _directory = Directory.CreateTempSubdirectory("l4proxy-").FullName;
    private readonly FakeTimeProvider _time = new();

    private string FilePath => Path.Combine(_directory, "gateway.json");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void The_section_of_the_file_is_read_at_once()
    {
        File.WriteAllText(FilePath, """{ "Kestrel": {}, "L4Proxy": { "Reactors": 2, } } // a comment""");
        using var provider = new L4JsonFileConfigProvider(FilePath, _time);

        var snapshot = provider.GetConfig();

        Assert.Empty(snapshot.Errors);
        Assert.Equal(2, snapshot.Config.Reactors);
    }

    [Fact]
    public void A_file_that_is_not_there_is_an_error_with_its_path()
    {
        using var provider = new L4JsonFileConfigProvider(FilePath, _time);

        var error = Assert.Single(provider.GetConfig().Errors);

        Assert.Equal(FilePath, error.Path);
        Assert.StartsWith("The file cannot be read: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_happens_while_nothing_changes()
    {
        using var provider = Start(reactors: 1);
        var token = provider.GetConfig().ChangeToken;

        _time.Pass(TimeSpan.FromMinutes(1));
        File.SetLastWriteTimeUtc(FilePath, DateTime.UnixEpoch);
        _time.Pass(TimeSpan.FromMinutes(1));

        Assert.False(token.HasChanged);
    }

    [Fact]
    public void Rewriting_the_file_is_seen_at_the_next_look()
    {
        using var provider = Start(reactors: 1);
        var token = provider.GetConfig().ChangeToken;

        Write(FilePath, 2);
        _time.Advance(Look);

        Assert.True(token.HasChanged);
        Assert.Equal(2, provider.GetConfig().Config.Reactors);
    }

    [Fact]
    public void Moving_another_file_into_its_place_is_seen_even_with_the_same_length_and_time()
    {
        using var provider = Start(reactors: 1);
        _time.Pass(TimeSpan.FromMinutes(1));

        var other = Path.Combine(_directory, "new.json");
        Write(other, 2);
        File.SetLastWriteTimeUtc(other, File.GetLastWriteTimeUtc(FilePath));
        File.Move(other, FilePath, overwrite: true);
        _time.Advance(Look);

        Assert.Equal(2, provider.GetConfig().Config.Reactors);
    }

    [Fact]
    public void Pointing_a_symbolic_link_elsewhere_is_seen()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "making symbolic links needs a privilege on Windows");
        var (first, second) = (Path.Combine(_directory, "1.json"), Path.Combine(_directory, "2.json"));
        Write(first, 1, padding: 100_000);
        Write(second, 2, padding: 100_000);
        File.SetLastWriteTimeUtc(first, DateTime.UnixEpoch);
        File.SetLastWriteTimeUtc(second, DateTime.UnixEpoch);
        File.CreateSymbolicLink(FilePath, first);
        using var provider = new L4JsonFileConfigProvider(FilePath, _time);
        _time.Pass(TimeSpan.FromMinutes(1));

        var link = Path.Combine(_directory, "link");
        File.CreateSymbolicLink(link, second);
        File.Move(link, FilePath, overwrite: true);
        _time.Advance(Look);

        Assert.Equal(2, provider.GetConfig().Config.Reactors);
    }

    [Fact]
    public void A_second_write_within_the_tick_of_the_first_is_seen_in_a_large_file()
    {
        Write(FilePath, 1, padding: 100_000);
        using var provider = new L4JsonFileConfigProvider(FilePath, _time);
        Write(FilePath, 2, padding: 100_000);
        var written = File.GetLastWriteTimeUtc(FilePath);
        _time.Advance(Look);

        Write(FilePath, 3, padding: 100_000);
        File.SetLastWriteTimeUtc(FilePath, written);
        _time.Advance(Look);

        Assert.Equal(3, provider.GetConfig().Config.Reactors);
    }

    [Fact]
    public void A_large_file_is_followed()
    {
        Write(FilePath, 1, padding: 100_000);
        using var provider = new L4JsonFileConfigProvider(FilePath, _time);
        _time.Pass(TimeSpan.FromMinutes(1));

        Write(FilePath, 2, padding: 100_001);
        _time.Advance(Look);

        Assert.Equal(2, provider.GetConfig().Config.Reactors);
    }

    [Fact]
    public void A_file_caught_half_written_is_not_reported()
    {
        using var provider = Start(reactors: 1);
        var token = provider.GetConfig().ChangeToken;

        File.WriteAllText(FilePath, """{ "L4Proxy": { "Rea""");
        _time.Advance(Look);
        Assert.False(token.HasChanged);

        File.WriteAllText(FilePath, """{ "L4Proxy": { "Reactors": """);
        _time.Advance(Look);
        Assert.False(token.HasChanged);

        Write(FilePath, 2);
        _time.Advance(Look);
        Assert.Equal(2, provider.GetConfig().Config.Reactors);
        Assert.Empty(provider.GetConfig().Errors);
    }

    [Fact]
    public void A_file_that_stays_broken_is_reported_once_within_a_second_and_recovers()
    {
        using var provider = Start(reactors: 1);
        var token = provider.GetConfig().ChangeToken;

        File.WriteAllText(FilePath, "{ broken");
        _time.Pass(2 * Look);

        Assert.True(token.HasChanged);
        var broken = provider.GetConfig();
        Assert.StartsWith($"{FilePath}: Not valid JSON at line 1, column 3", Assert.Single(broken.Errors).ToString(), StringComparison.Ordinal);
        _time.Pass(TimeSpan.FromMinutes(1));
        Assert.False(broken.ChangeToken.HasChanged);

        Write(FilePath, 2);
        _time.Advance(Look);
        Assert.Empty(provider.GetConfig().Errors);
        Assert.Equal(2, provider.GetConfig().Config.Reactors);
    }

    [Fact]
    public void A_file_that_goes_away_is_reported_and_its_return_too()
    {
        using var provider = Start(reactors: 1);

        File.Delete(FilePath);
        _time.Pass(2 * Look);
        Assert.Single(provider.GetConfig().Errors);

        Write(FilePath, 1);
        _time.Advance(Look);
        Assert.Empty(provider.GetConfig().Errors);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{ "Kestrel": {} }""")]
    public void A_section_that_goes_whole_is_an_error_until_it_comes_back(string rest)
    {
        const string good = """{ "L4Proxy": { "Endpoints": { "in": { "Url": "tcp://*:1883" } } } }""";
        File.WriteAllText(FilePath, good);
        using var provider = new L4JsonFileConfigProvider(FilePath, _time);

        File.WriteAllText(FilePath, rest);
        _time.Advance(Look);

        Assert.StartsWith("L4Proxy: The section is gone.", Assert.Single(provider.GetConfig().Errors).ToString(), StringComparison.Ordinal);
        File.WriteAllText(FilePath, good);
        _time.Advance(Look);
        Assert.Empty(provider.GetConfig().Errors);
        Assert.Single(provider.GetConfig().Config.Endpoints!);
    }

    [Theory]
    [InlineData("""{ "L4Proxy": {} }""")]
    [InlineData("""{ "L4Proxy": null }""")]
    [InlineData("""{ "L4Proxy": { "Endpoints": {} } }""")]
    public void A_section_that_is_emptied_on_purpose_is_taken_and_may_then_go(string empty)
    {
        File.WriteAllText(FilePath, """{ "L4Proxy": { "Endpoints": { "in": { "Url": "tcp://*:1883" } } } }""");
        using var provider = new L4JsonFileConfigProvider(FilePath, _time);

        foreach (var text in (string[])[empty, "{}"])
        {
            File.WriteAllText(FilePath, text);
            _time.Advance(Look);
            Assert.Empty(provider.GetConfig().Errors);
            Assert.Empty(provider.GetConfig().Config.Endpoints ?? new Dictionary<string, L4Endpoint>());
        }
    }

    [Fact]
    public void A_file_without_the_section_names_what_was_perhaps_meant()
    {
        File.WriteAllText(FilePath, """{ "L4Porxy": {} }""");
        using var provider = new L4JsonFileConfigProvider(FilePath, _time);

        Assert.Equal("L4Proxy: There is no such section, only 'L4Porxy'; was that meant to be it?", Assert.Single(provider.GetConfig().Warnings).ToString());
    }

    [Fact]
    public void A_reload_believes_at_once_what_it_finds()
    {
        using var provider = Start(reactors: 1);
        var token = provider.GetConfig().ChangeToken;

        provider.Reload();
        Assert.False(token.HasChanged);
        File.WriteAllText(FilePath, "{ broken");
        provider.Reload();

        Assert.Single(provider.GetConfig().Errors);
        Write(FilePath, 2);
        provider.Reload();
        Assert.Equal(2, provider.GetConfig().Config.Reactors);
    }

    [Fact]
    public void A_wrong_key_is_reported_at_once()
    {
        using var provider = Start(reactors: 1);

        File.WriteAllText(FilePath, """{ "L4Proxy": { "Reactor": 2 } }""");
        _time.Advance(Look);

        Assert.StartsWith("L4Proxy:Reactor: Unknown key", Assert.Single(provider.GetConfig().Errors).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void After_dispose_the_file_is_left_alone()
    {
        var provider = Start(reactors: 1);

        provider.Dispose();
        Write(FilePath, 2);
        _time.Pass(2 * Look);

        Assert.Equal(1, provider.GetConfig().Config.Reactors);
    }

    [Fact]
    public async Task The_real_clock_sees_a_change_within_a_second()
    {
        Write(FilePath, 1);
        using var provider = new L4JsonFileConfigProvider(FilePath);
        var changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = provider.GetConfig().ChangeToken.RegisterChangeCallback(_ => changed.SetResult(), null);

        Write(FilePath, 2);

        // The deadline is generous for a busy machine.
        await changed.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Equal(2, provider.GetConfig().Config.Reactors);
    }

    private L4JsonFileConfigProvider Start(int reactors)
    {
        Write(FilePath, reactors);
        return new L4JsonFileConfigProvider(FilePath, _time);
    }

    private static void Write(string path, int reactors, int padding = 0) =>
        File.WriteAllText(path, $$"""{ "L4Proxy": { "Reactors": {{reactors}} } {{new string(' ', padding)}} }""");
}
