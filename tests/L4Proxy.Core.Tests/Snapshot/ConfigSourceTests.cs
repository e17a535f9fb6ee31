using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Core.Tests.Timing;
using L4Proxy.Snapshot;
using Microsoft.Extensions.Primitives;

namespace L4Proxy.Core.Tests.Snapshot;

/// <summary>Providers of configuration that do what they should not.</summary>
public sealed class ConfigSourceTests : IDisposable
{
    private static readonly L4Config Good = new() { Reactors = 1 };

    private readonly ManualTimeProvider _time = new();
    private readonly TestLog _log = new();
    private readonly ScriptedProvider _provider = new(() => null);
    private readonly ConfigSource _source;
    private int _changes;

    public ConfigSourceTests()
    {
        _provider.Answer = () => _provider.Snapshot(Good);
        _source = new ConfigSource(_provider, () => _changes++, isCompared: true, _time, _log.CreateLogger("source"));
    }

    public void Dispose() => _source.Dispose();

    [Fact]
    public void What_it_said_before_holds_while_it_fails_and_it_is_asked_again_ever_more_rarely()
    {
        _source.Read();
        _provider.Answer = () => throw new InvalidOperationException("the database is away");
        var pauses = new List<double>();
        for (var i = 0; i < 9; i++)
        {
            Assert.Same(Good, _source.Read().Config);
            pauses.Add(UntilNextChange().TotalSeconds);
        }

        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60, 60], pauses);
        Assert.Contains(_log.Lines, line => line.Contains(nameof(ScriptedProvider), StringComparison.Ordinal)
            && line.Contains("the database is away", StringComparison.Ordinal) && line.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public void After_a_failure_it_is_followed_again()
    {
        _source.Read();
        _provider.Answer = () => throw new InvalidOperationException();
        _source.Read();
        var newer = new L4Config { Reactors = 2 };
        _provider.Answer = () => _provider.Snapshot(newer);

        Assert.Same(newer, _source.Read().Config);

        Assert.Null(_source.Failure);
        Assert.Equal(0, _time.ActiveTimers);
        _provider.Fire();
        Assert.Equal(1, _changes);
    }

    [Fact]
    public void One_that_fails_from_the_start_is_an_error_with_its_name()
    {
        _provider.Answer = () => throw new InvalidOperationException("no such table");

        var error = Assert.Single(_source.Read().Errors);

        Assert.Equal($"L4Proxy: The configuration provider {typeof(ScriptedProvider)} failed: no such table", error.ToString());
        Assert.Equal("no such table", _source.Failure!.Message);
    }

    [Theory]
    [InlineData("snapshot")]
    [InlineData("Config")]
    [InlineData("ChangeToken")]
    [InlineData("Errors")]
    public void Null_names_the_provider(string missing)
    {
        var whole = _provider.Snapshot(Good);
        _provider.Answer = () => missing switch
        {
            "Config" => whole with { Config = null! },
            "ChangeToken" => whole with { ChangeToken = null! },
            "Errors" => whole with { Errors = null! },
            _ => null,
        };

        foreach (var answer in (L4ConfigSnapshot[])[_source.Read(), _source.Peek()])
        {
            var error = Assert.Single(answer.Errors).Message;
            Assert.Contains(nameof(ScriptedProvider), error, StringComparison.Ordinal);
            Assert.Contains(missing, error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void One_whose_tokens_have_fired_already_is_asked_ever_more_rarely_and_that_is_said_once()
    {
        _provider.Answer = () => ScriptedProvider.Fired(Good);
        var pauses = new List<double>();
        for (var i = 0; i < 14; i++)
        {
            Assert.Same(Good, _source.Read().Config);
            pauses.Add(UntilNextChange().TotalMilliseconds);
        }

        Assert.Equal([50, 100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 51200, 60000, 60000, 60000], pauses);
        Assert.Single(_log.Lines, line => line.Contains("ProviderRepeats", StringComparison.Ordinal)
            && line.Contains(nameof(ScriptedProvider), StringComparison.Ordinal));
    }

    [Fact]
    public void A_token_that_fired_while_it_was_read_is_no_fault()
    {
        _provider.Answer = () => ScriptedProvider.Fired(Good);
        _source.Read();
        _provider.Answer = () => _provider.Snapshot(Good);

        _source.Read();

        Assert.Equal(0, _time.ActiveTimers);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public void What_reads_as_it_did_is_what_it_was()
    {
        _source.Read();
        Assert.False(_source.IsFirm);
        _provider.Answer = () => _provider.Snapshot(Good with { });

        Assert.Same(Good, _source.Read().Config);
        Assert.True(_source.IsFirm);
    }

    [Fact]
    public void What_an_application_has_changed_in_place_is_not_taken_for_what_it_was()
    {
        var names = new List<string> { "a.example.com" };
        var config = new L4Config { Routes = Config.Map(("r", new L4Route { Match = new() { Sni = names } })) };
        _provider.Answer = () => _provider.Snapshot(config);
        _source.Read();
        _source.Read();
        Assert.True(_source.IsFirm);

        names[0] = "b.example.com";
        _source.Read();

        Assert.False(_source.IsFirm);
    }

    /// <summary>Its errors are those of the checks, each with its path.</summary>
    [Fact]
    public void What_cannot_be_written_is_read_all_the_same()
    {
        var config = new L4Config { Routes = Config.Map<L4Route>(("r", null!)), Clusters = Config.Map(("c", new L4Cluster { Destinations = Config.Map<L4Destination>(("d", null!)) })) };
        _provider.Answer = () => _provider.Snapshot(config);

        for (var i = 0; i < 2; i++)
            Assert.Same(config, _source.Read().Config);

        Assert.Null(_source.Failure);
    }

    [Fact]
    public void What_could_not_be_followed_is_no_reason_to_keep_what_was_before()
    {
        _source.Read();
        var newer = new L4Config { Reactors = 2 };
        _provider.Answer = () => new L4ConfigSnapshot(newer, new BrokenToken());
        Assert.Same(Good, _source.Read().Config);
        _provider.Answer = () => _provider.Snapshot(newer);

        Assert.Same(newer, _source.Read().Config);
    }

    private sealed class BrokenToken : IChangeToken
    {
        public bool HasChanged => false;

        public bool ActiveChangeCallbacks => true;

        public IDisposable RegisterChangeCallback(Action<object?> callback, object? state) => throw new InvalidOperationException("broken");
    }

    /// <summary>Turns the clock until it wants to be asked.</summary>
    private TimeSpan UntilNextChange()
    {
        var (before, start) = (_changes, _time.Elapsed);
        while (_changes == before)
            _time.Advance(TimeSpan.FromMilliseconds(50));
        return _time.Elapsed - start;
    }
}
