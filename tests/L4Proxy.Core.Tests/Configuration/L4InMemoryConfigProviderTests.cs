using L4Proxy.Configuration;

namespace L4Proxy.Core.Tests.Configuration;

public class L4InMemoryConfigProviderTests
{
    [Fact]
    public void It_says_what_it_was_given()
    {
        var config = new L4Config { Reactors = 3 };

        var snapshot = new L4InMemoryConfigProvider(config).GetConfig();

        Assert.Same(config, snapshot.Config);
        Assert.Empty(snapshot.Errors);
        Assert.False(snapshot.ChangeToken.HasChanged);
    }

    [Fact]
    public void An_update_fires_the_token_once_the_new_one_is_there()
    {
        var provider = new L4InMemoryConfigProvider(new L4Config());
        var first = provider.GetConfig();
        L4Config? seen = null;
        using var registration = first.ChangeToken.RegisterChangeCallback(_ => seen = provider.GetConfig().Config, null);
        var config = new L4Config { Reactors = 4 };

        provider.Update(config);

        Assert.Same(config, seen);
        Assert.True(first.ChangeToken.HasChanged);
        Assert.False(provider.GetConfig().ChangeToken.HasChanged);
    }

    [Fact]
    public void Null_is_refused()
    {
        Assert.Throws<ArgumentNullException>(() => new L4InMemoryConfigProvider(null!));
        Assert.Throws<ArgumentNullException>(() => new L4InMemoryConfigProvider(new L4Config()).Update(null!));
    }
}
