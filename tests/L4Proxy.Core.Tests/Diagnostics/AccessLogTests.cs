using System.Text;
using System.Text.RegularExpressions;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.House;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Core.Tests.Timing;
using L4Proxy.Core.Tests.Tls;
using L4Proxy.Diagnostics;
using L4Proxy.Sessions;
using Microsoft.Extensions.Logging;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Diagnostics;

/// <summary>Which connections are in the access log.</summary>
public sealed partial class AccessLogTests : IDisposable
{
    private readonly TestUpstream _upstream = new();

    public void Dispose() => _upstream.Dispose();

    [Theory]
    [InlineData("", "Debug")]
    [InlineData("SS", "Information")]
    public async Task Who_connects_and_closes_without_a_byte_before_it_is_routed_is_only_of_interest_for_debugging(string said, string level)
    {
        await using var proxy = TestProxy.Start(OnlySsh());
        using (var client = await proxy.ConnectAsync())
        {
            await client.SendAsync(said);
            client.HalfClose();
            await client.ExpectFinAsync();
        }

        Assert.Equal(L4EndReason.ClientClosedEarly, (await proxy.NextRecordAsync()).EndReason);
        Assert.StartsWith(level, Assert.Single(proxy.Log.Lines, line => line.Contains("ConnectionEnded", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Empty_connections_can_be_left_out_and_others_are_not()
    {
        await using var proxy = TestProxy.Start(To(_upstream.Address) with { AccessLog = new L4AccessLog { SkipEmpty = true } });
        await ProbeAsync(proxy);
        using (var client = await proxy.ConnectAsync())
        using (var server = await _upstream.AcceptAsync())
        {
            await client.SendAsync("hello");
            await server.ExpectAsync("hello");
            client.HalfClose();
        }

        // Had the first been written it would come first.
        Assert.Equal(5, (await proxy.NextRecordAsync()).BytesUp);
    }

    [Fact]
    public async Task A_destination_that_refuses_is_never_left_out()
    {
        await using var proxy = TestProxy.Start(To(TestUpstream.Nowhere()) with { AccessLog = new L4AccessLog { SkipEmpty = true } });
        using (var client = await proxy.ConnectAsync())
            await client.ExpectResetAsync();

        Assert.Equal(L4EndReason.ConnectRefused, (await proxy.NextRecordAsync()).EndReason);
    }

    [Fact]
    public async Task Turned_off_nothing_is_written()
    {
        await using var proxy = TestProxy.Start(To(_upstream.Address) with { AccessLog = new L4AccessLog { Enabled = false } });
        await ProbeAsync(proxy);
        await proxy.Get<LogQueue>().FlushAsync();

        Assert.DoesNotContain(proxy.Log.Lines, line => line.Contains("ConnectionEnded", StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_more_than_MaxPerSecond_are_written_and_how_many_were_not_is_said()
    {
        await using var proxy = TestProxy.Start(To(_upstream.Address) with { AccessLog = new L4AccessLog { MaxPerSecond = 1 } });
        var dropped = proxy.Log.WaitForAsync(nameof(Log.RecordsDropped));

        while (!dropped.IsCompleted)
            await ProbeAsync(proxy);

        Assert.Matches("[1-9][0-9]* access records were not written", await dropped);
    }

    [Fact]
    public async Task The_record_of_a_connection_that_no_route_takes_says_why_in_short()
    {
        await using var proxy = TestProxy.Start(OnlySsh());
        using (var client = await proxy.ConnectAsync())
        {
            await client.SendAsync("GET / HTTP/1.1\r\n\r\n");
            await client.ExpectResetAsync();
        }

        Assert.Equal(""" (ssh: Protocols: wanted ["ssh"], saw none of those looked for)""", (await proxy.NextRecordAsync()).Values["Why"]);
        Assert.EndsWith(
            """NoRoute (ssh: Protocols: wanted ["ssh"], saw none of those looked for) """,
            Assert.Single(proxy.Log.Lines, line => line.Contains("ConnectionEnded", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_client_says_makes_no_record_long_and_no_second_line()
    {
        var match = new L4Match { Mqtt = new() { ClientId = ["a"] }, LocalPorts = ["1-65535"] };
        await using var proxy = TestProxy.Start(To(_upstream.Address) with
        {
            Routes = Map([.. Enumerable.Range(0, 9).Select(i => ($"r{i}", new L4Route { ClusterId = "up", Match = match }))]),
        });
        var id = Encoding.UTF8.GetBytes("\r\nx" + new string('y', 90));
        using (var client = await proxy.ConnectAsync())
        {
            byte[] connect = [0x10, (byte)(12 + id.Length), 0, 4, .. "MQTT"u8, 4, 2, 0, 60, 0, (byte)id.Length, .. id];
            await client.SendAsync(connect);
            await client.ExpectResetAsync();
        }

        var why = Assert.IsType<string>((await proxy.NextRecordAsync()).Values["Why"]);

        Assert.InRange(why.Length, 200, 420);
        Assert.DoesNotContain(why, char.IsControl);
        Assert.StartsWith(""" (r0: Mqtt: wanted {"ClientId":["a"]}, saw version 3.1.1, client """, why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_connection_that_a_route_takes_the_record_says_nothing_more()
    {
        await using var proxy = TestProxy.Start(To(_upstream.Address));
        await ProbeAsync(proxy);

        Assert.Equal("", (await proxy.NextRecordAsync()).Values["Why"]);
    }

    [Fact]
    public async Task A_record_has_the_fields_of_the_page_and_says_what_became_of_the_connection()
    {
        await using var proxy = TlsProxy.Terminating(_upstream.Address);
        using var client = await TlsPeer.ConnectAsync(proxy.AddressOf());
        using var server = await _upstream.AcceptAsync();
        await client.SendAsync("hello");
        await server.ExpectAsync("hello");
        server.Reset();

        var values = (await proxy.NextRecordAsync()).Values;
        Assert.Equal(Fields().Matches(Repository.Read("docs/observability.md")).SelectMany(row => Name().Matches(row.Groups[1].Value).Select(name => name.Groups[1].Value)), values.Keys.Where(key => key != "{OriginalFormat}"));
        Assert.Equal(
            ("Destination", "d0", _upstream.Address, 1, "1.3", "localhost"), ($"{values["EndedBy"]}", values["Destination"], values["DestinationAddress"], values["Tries"], values["TlsVersion"], values["ServerName"]));
        var (matched, connected) = (Assert.IsType<double>(values["MatchedMs"]), Assert.IsType<double>(values["ConnectedMs"]));
        Assert.True(matched > 0 && matched <= connected && connected <= (long)values["DurationMs"]! + 1, $"{matched} {connected} {values["DurationMs"]}");
    }

    [Fact]
    public void Every_reason_is_of_the_side_that_its_name_says() => Assert.All(Enum.GetValues<L4EndReason>(), reason =>
    {
        var side = EndSides.SideOf(reason);
        if (reason is L4EndReason.ClientLimitReached)
            Assert.Equal(EndSide.Proxy, side);
        else if ($"{reason}".StartsWith("Client", StringComparison.Ordinal) || $"{reason}".StartsWith("Preface", StringComparison.Ordinal) || $"{reason}".StartsWith("ProxyHeader", StringComparison.Ordinal))
            Assert.Equal(EndSide.Client, side);
        else if ($"{reason}".StartsWith("Upstream", StringComparison.Ordinal) || ($"{reason}".StartsWith("Connect", StringComparison.Ordinal) && !$"{reason}".StartsWith("Connection", StringComparison.Ordinal)))
            Assert.Equal(EndSide.Destination, side);
    });

    [Fact]
    public void No_more_often_is_said_why_than_there_are_records()
    {
        var time = new ManualTimeProvider();
        using var log = new TestLog();
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(log));
        var recorder = new ConnectionRecorder(null!, loggers, null!, time);
        recorder.Configure(new L4AccessLog { MaxPerSecond = 2 });

        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(_ => recorder.TryTakeExplanation()));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(recorder.TryTakeExplanation());
        recorder.Configure(new L4AccessLog { Enabled = false });
        Assert.False(recorder.TryTakeExplanation());
    }

    /// <summary>Connects and closes; returns when the proxy has done with it.</summary>
    private async Task ProbeAsync(TestProxy proxy)
    {
        using var client = await proxy.ConnectAsync();
        using var server = await _upstream.AcceptAsync();
        client.HalfClose();
        await server.ExpectFinAsync();
        server.HalfClose();
        await client.ExpectFinAsync();
    }

    private L4Config OnlySsh() => To(_upstream.Address) with
    {
        Routes = Map(("ssh", new L4Route { ClusterId = "up", Match = new L4Match { Protocols = ["ssh"] } })),
    };

    // A row of the table of fields.
    [GeneratedRegex(@"^\| (`[A-Z]\w+`(?:, `[A-Z]\w+`)*) \| (?:yes)? ?\| [^|]+ \|$", RegexOptions.Multiline)]
    private static partial Regex Fields();

    [GeneratedRegex(@"`(\w+)`")]
    private static partial Regex Name();
}
