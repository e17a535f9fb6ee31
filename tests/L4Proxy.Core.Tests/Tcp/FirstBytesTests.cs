using System.Runtime.InteropServices;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Configuration;
using L4Proxy.Core.Tests.Destinations;
using L4Proxy.Core.Tests.Prefaces;
using L4Proxy.Core.Tests.ProxyProtocol;
using L4Proxy.Destinations.Resolution;
using L4Proxy.Diagnostics;
using L4Proxy.Sessions;
using L4Proxy.Snapshot;
using L4Proxy.Tcp;
using L4Proxy.Timing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using static L4Proxy.Core.Tests.Tcp.Config;
using L4Proxy.Files;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>Stations peek and match without sockets and with a clock that stands still.</summary>
public sealed class FirstBytesTests : IDisposable
{
    private static readonly byte[] Header = SampleHeader.V2(0x21, 0x11, SampleHeader.Ipv4);
    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedConnection _client = new();
    private readonly CoarseClock _clock;
    private readonly ProxyHeaderReader _headers;
    private readonly PrefaceReader _prefaces;

    public FirstBytesTests()
    {
        _clock = new CoarseClock(_time, _ => { });
        _headers = new ProxyHeaderReader(new PerSecondLimit(_time, 10), NullLogger<ProxyHeaderReader>.Instance);
        _prefaces = new PrefaceReader(
            new ConnectionRecorder(null!, NullLoggerFactory.Instance, null!, _time), new PerSecondLimit(_time, 10), NullLogger<PrefaceReader>.Instance);
    }

    [Fact]
    public async Task The_header_and_what_follows_have_each_their_own_time()
    {
        var session = Session("10.0.0.0/8");
        var reading = _headers.ReadAsync(session).AsTask();
        await _client.WaitedForAsync();
        _time.Advance(TimeSpan.FromSeconds(4.9));
        _client.Send(Header);
        Assert.Equal(L4EndReason.None, await reading);

        var matching = _prefaces.ReadAsync(session).AsTask();
        await _client.WaitedForAsync();
        _time.Advance(TimeSpan.FromSeconds(4.9));
        _client.Send("SSH-2.0-x"u8.ToArray());
        Assert.Equal(L4EndReason.None, await matching);

        Assert.Equal("ssh", session.Route?.Id);
        Assert.Equal("192.0.2.1:1", session.ClientEndPoint!.ToString());
    }

    [Fact]
    public async Task A_deadline_of_the_header_that_comes_late_does_not_end_the_next_wait()
    {
        var session = Session("10.0.0.0/8");
        _client.Send(Header);
        Assert.Equal(L4EndReason.None, await _headers.ReadAsync(session));

        _client.CancelWait();
        var matching = _prefaces.ReadAsync(session).AsTask();
        await _client.WaitedForAsync();
        await _client.WaitedForAsync();
        await _client.WaitedForAsync();
        _time.Advance(TimeSpan.FromSeconds(5.5));

        Assert.Equal(L4EndReason.PrefaceTimeout, await matching);
    }

    [Fact]
    public async Task A_byte_a_second_does_not_put_off_the_preface_timeout()
    {
        var session = Session();
        var hello = new HelloBuilder().WithServerName("a.example.com").Bytes();
        var matching = _prefaces.ReadAsync(session).AsTask();
        for (var second = 0; second < 5; second++)
        {
            await _client.WaitedForAsync();
            _time.Advance(TimeSpan.FromSeconds(0.9));
            _client.Send([hello[second]]);
        }
        await _client.WaitedForAsync();

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(L4EndReason.PrefaceTimeout, await matching.InTime());
    }

    [Fact]
    public void No_limit_is_over_early_though_the_coarse_clock_is_almost_a_tick_behind()
    {
        _time.Advance(TimeSpan.FromMilliseconds(TimerWheel.TickMilliseconds - 1));
        var session = Session();
        session.Deadline.StartPreface(1000);

        _time.Advance(TimeSpan.FromMilliseconds(1001 - TimerWheel.TickMilliseconds));

        Assert.Equal(1000, _clock.Now);
        Assert.False(session.Deadline.IsOver);
        _time.Advance(TimeSpan.FromMilliseconds(TimerWheel.TickMilliseconds));
        Assert.True(session.Deadline.IsOver);
    }

    [Fact]
    public async Task One_read_is_enough_for_a_header_and_what_decides()
    {
        var session = Session("10.0.0.0/8");
        _client.Send([.. Header, .. "SSH-2.0-x"u8]);

        Assert.Equal(L4EndReason.None, await _headers.ReadAsync(session));
        Assert.Equal(L4EndReason.None, await _prefaces.ReadAsync(session));

        Assert.Equal("ssh", session.Route?.Id);
        Assert.Equal("SSH-2.0-x"u8, session.Preface.Bytes.Span);
        Assert.Equal((1, 1), (_client.Waits, _client.Receives));
    }

    [Fact]
    public async Task A_header_alone_holds_no_buffer_afterwards()
    {
        var session = Session("10.0.0.0/8");
        _client.Send(Header);

        Assert.Equal(L4EndReason.None, await _headers.ReadAsync(session));

        Assert.True(session.Preface.Bytes.IsEmpty);
        Assert.True(MemoryMarshal.TryGetArray(session.Preface.Bytes, out var held));
        Assert.Empty(held.Array!);
    }

    [Fact]
    public async Task Nothing_is_read_of_an_untrusted_peer()
    {
        _client.Send(Header);

        Assert.Equal(L4EndReason.ProxyHeaderUntrusted, await _headers.ReadAsync(Session("10.0.0.2", "192.0.2.1")));

        Assert.Equal((0, 0), (_client.Waits, _client.Receives));
    }

    [Fact]
    public async Task A_header_of_16_KiB_comes_in_pieces()
    {
        var session = Session("10.0.0.1");
        var bytes = SampleHeader.Named("v2 16 KiB").Bytes;
        foreach (var piece in bytes.Chunk(512))
            _client.Send(piece);

        Assert.Equal(L4EndReason.None, await _headers.ReadAsync(session));

        Assert.Equal(bytes.Length - 31, session.ProxyHeader!.Find(0xE0)!.Value.Length);
    }

    public void Dispose() => _clock.Dispose();

    private TcpSession Session(params string[] trusted)
    {
        var endpoint = new L4Endpoint { Url = "tcp://*:443", ProxyProtocol = new() { Mode = L4ProxyProtocolMode.Required, Trusted = trusted } };
        var config = new L4Config
        {
            Endpoints = Map(("in", endpoint)),
            Routes = Map(
                ("ssh", new L4Route { Action = L4RouteAction.Reject, Match = new L4Match { Protocols = ["ssh"] } }),
                ("tls", new L4Route { Action = L4RouteAction.Reject, Match = new L4Match { Sni = ["a.example.com"] } })),
        };
        using var certificates = new FileStore("/", _time, NullLogger<FileStore>.Instance);
        var snapshot = new SnapshotBuilder(SystemAddressLookup.LookUpAsync, certificates, new TlsBuilder(certificates), TestPolicies.With(), _time).Build(Sample.Graph(config), ProxySnapshot.Empty);
        return new TcpSession(_client, snapshot.Endpoints["in"], _clock, http: null);
    }
}
