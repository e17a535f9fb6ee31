using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Core.Tests.Timing;
using Microsoft.Extensions.DependencyInjection;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Limits;

/// <summary>Lists of a firewall in files.</summary>
public sealed class FirewallFilesTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly TestUpstream _upstream = new();
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"l4-{Guid.NewGuid():N}.txt");

    public void Dispose()
    {
        _upstream.Dispose();
        File.Delete(_file);
    }

    private TestProxy Start(L4Firewall firewall, bool ofRoute = false) => TestProxy.Start(
        To(_upstream.Address) with
        {
            Endpoints = Map(("in", new L4Endpoint { Url = "tcp://127.0.0.1:0", Firewall = ofRoute ? null : firewall })),
            Routes = Map(("all", new L4Route { ClusterId = "up", Firewall = ofRoute ? firewall : null })),
        },
        services => services.AddSingleton<TimeProvider>(_time));

    private async Task ExpectAsync(TestProxy proxy, bool isAdmitted)
    {
        using var client = await proxy.ConnectAsync();
        if (!isAdmitted)
        {
            await client.ExpectResetAsync();
            return;
        }
        using var server = await _upstream.AcceptAsync();
        await server.SendAsync("welcome");
        await client.ExpectAsync("welcome");
    }

    private void Write(string text)
    {
        File.WriteAllText(_file, text);
        for (var i = 0; i < 3; i++)
            _time.Advance(TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_of_who_may_not_connect_is_followed(bool ofRoute)
    {
        Write("# nobody yet\n");
        await using var proxy = Start(new() { DenyFile = _file }, ofRoute);
        await ExpectAsync(proxy, isAdmitted: true);
        Write("10.0.0.0/8\r\n127.0.0.0/8 # this machine\r\n");
        await ExpectAsync(proxy, isAdmitted: false);
        Write("10.0.0.0/8");
        await ExpectAsync(proxy, isAdmitted: true);
    }

    [Fact]
    public async Task What_cannot_be_used_changes_nothing_and_is_said()
    {
        Write("127.0.0.1\n");
        await using var proxy = Start(new() { AllowFile = _file });
        await ExpectAsync(proxy, isAdmitted: true);
        Write("10.0.0.1\nlocalhost\n");
        await ExpectAsync(proxy, isAdmitted: true);
        Assert.Contains(proxy.Log.Lines, line => line.Contains("Line 2: ", StringComparison.Ordinal));
        // As it is for a moment while it is written.
        Write("");
        await ExpectAsync(proxy, isAdmitted: true);
        Write("10.0.0.1\n");
        await ExpectAsync(proxy, isAdmitted: false);
    }

    [Fact]
    public async Task A_file_adds_to_what_is_configured()
    {
        Write("127.0.0.1\n");
        await using var proxy = Start(new() { Allow = ["10.0.0.0/8"], AllowFile = _file, Deny = ["192.0.2.0/24"] });
        await ExpectAsync(proxy, isAdmitted: true);
        Write("192.0.2.1\n");
        await ExpectAsync(proxy, isAdmitted: false);
    }

    [Theory]
    [InlineData("10.0.0.0/8\n10.0.0.1/8\nx\n", "AllowFile", "Line 2: ", "Line 3: ")]
    [InlineData("# none\n", "AllowFile", "has no address")]
    [InlineData(null, "DenyFile", "cannot be read")]
    public void A_file_that_cannot_be_used_is_an_error_at_start(string? text, string key, params string[] says)
    {
        if (text is not null)
            Write(text);
        var firewall = key == "AllowFile" ? new L4Firewall { AllowFile = _file } : new L4Firewall { DenyFile = _file };
        var thrown = Assert.Throws<L4ConfigException>(() => Start(firewall));
        var error = Assert.Single(thrown.Errors);
        Assert.Equal($"L4Proxy:Endpoints:in:Firewall:{key}", error.Path);
        Assert.All(says, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_path_that_is_none_is_an_error()
    {
        var thrown = Assert.Throws<L4ConfigException>(() => Start(new() { AllowFile = " ", DenyFile = "" }));
        Assert.Equal(["L4Proxy:Endpoints:in:Firewall:AllowFile", "L4Proxy:Endpoints:in:Firewall:DenyFile"], thrown.Errors.Select(error => error.Path));
    }
}
