using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Storage.Caching;
using L4Proxy.Storage.Postgres;
using L4Proxy.Storage.Sqlite;
using L4Proxy.Storage.Tests.Stores;
using L4Proxy.Store;
using Microsoft.Extensions.DependencyInjection;

namespace L4Proxy.Storage.Tests;

/// <summary>What an application writes.</summary>
public sealed class RegistrationTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task It_counts_before_and_after_the_proxy()
    {
        var path = _directory.File("routes.db");
        await using var before = new ServiceCollection().AddLogging().AddL4ProxySqliteStore(path).AddProxyServer().BuildServiceProvider();
        await using var after = new ServiceCollection().AddLogging().AddProxyServer().AddL4ProxySqliteStore(path).BuildServiceProvider();

        foreach (var services in new[] { before, after })
        {
            Assert.Equal($"sqlite:{path}", Assert.IsType<SqliteStore>(Assert.Single(services.GetServices<IL4Store>())).Name);
            Assert.Same(services.GetRequiredService<IL4Store>(), Assert.Single(services.GetServices<IL4StoreBackup>()));
            Assert.Same(services.GetRequiredService<IL4Store>(), services.GetRequiredService<StoreSession>().Store);
        }
    }

    [Fact]
    public async Task The_store_that_was_said_last_counts()
    {
        await using var postgres = new ServiceCollection().AddL4ProxySqliteStore("x.db").AddL4ProxyPostgresStore("Host=127.0.0.1;Database=d").BuildServiceProvider();
        Assert.IsType<PostgresStore>(Assert.Single(postgres.GetServices<IL4Store>()));
        Assert.Null(postgres.GetService<IL4StoreBackup>());

        await using var sqlite = new ServiceCollection().AddL4ProxyPostgresStore("Host=127.0.0.1;Database=d").AddL4ProxySqliteStore(_directory.File("x.db")).BuildServiceProvider();
        Assert.IsType<SqliteStore>(Assert.Single(sqlite.GetServices<IL4Store>()));
    }

    [Fact]
    public async Task A_setting_says_which()
    {
        await using var sqlite = Say("sqlite:routes.db");
        Assert.Equal($"sqlite:{_directory.File("routes.db")}", sqlite.GetRequiredService<IL4Store>().Name);
        await using var absolute = Say("SQLite:/var/lib/l4proxy/routes.db");
        Assert.Equal("sqlite:/var/lib/l4proxy/routes.db", absolute.GetRequiredService<IL4Store>().Name);
        await using var postgres = Say("postgres:Host=127.0.0.1;Port=6432;Database=d;Password=secret");
        Assert.Equal("postgres:127.0.0.1:6432/d", Assert.IsType<CachedStore>(postgres.GetRequiredService<IL4Store>()).Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("sqlite:")]
    [InlineData("routes.db")]
    [InlineData("mysql:Server=x;Password=secret")]
    [InlineData("postgres://user:secret@db/x")]
    [InlineData("postgres:")]
    [InlineData("postgres:Database=d;Password=secret")]
    [InlineData("postgres:Hostt=secret")]
    [InlineData("postgres:secret")]
    public void A_setting_that_says_nothing_is_refused_without_its_password(string setting)
    {
        var e = Assert.ThrowsAny<ArgumentException>(() => Say(setting));
        Assert.DoesNotContain("secret", e.ToString(), StringComparison.Ordinal);
        if (!setting.StartsWith("postgres:", StringComparison.Ordinal) || setting.StartsWith("postgres://", StringComparison.Ordinal))
            Assert.StartsWith("A store is 'sqlite:routes.db' or 'postgres:Host=db;Database=l4proxy;Username=l4proxy'.", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Arguments_are_checked()
    {
        var services = new ServiceCollection();
        Assert.Throws<ArgumentNullException>(() => ((IServiceCollection)null!).AddL4ProxySqliteStore("x"));
        Assert.Throws<ArgumentNullException>(() => services.AddL4ProxySqliteStore(null!));
        Assert.Throws<ArgumentException>(() => services.AddL4ProxySqliteStore(""));
        Assert.Throws<ArgumentNullException>(() => services.AddL4ProxyPostgresStore(null!));
        Assert.Throws<ArgumentNullException>(() => services.AddL4ProxyStore(null!, "/"));
        Assert.Throws<ArgumentNullException>(() => services.AddL4ProxyStore("sqlite:x", null!));
    }

    [Fact]
    public async Task A_copy_can_be_made_by_an_application()
    {
        await using var services = new ServiceCollection().AddL4ProxySqliteStore(_directory.File("routes.db")).BuildServiceProvider();
        var store = services.GetRequiredService<IL4Store>();
        await store.OpenAsync(Cancellation);
        Assert.True(await store.TryWriteAsync(Some.Write(StoreState.Empty, Some.Put(Some.OwnerItem())), Cancellation));

        await services.GetRequiredService<IL4StoreBackup>().BackupAsync(_directory.File("backup.db"), Cancellation);

        await using var restored = new ServiceCollection().AddL4ProxyStore("sqlite:backup.db", _directory.Path).BuildServiceProvider();
        await restored.GetRequiredService<IL4Store>().OpenAsync(Cancellation);
        Assert.Single((await restored.GetRequiredService<IL4Store>().ReadAsync(StoreState.Empty, Cancellation)).All);
    }

    private ServiceProvider Say(string setting) => new ServiceCollection().AddL4ProxyStore(setting, _directory.Path).BuildServiceProvider();
}
