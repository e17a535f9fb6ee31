using L4Proxy.Addresses;
using L4Proxy.Destinations;
using L4Proxy.Names;

namespace L4Proxy.Core.Tests.Destinations;

public class DestinationAddressTests
{
    private static DestinationAddress Parse(string text)
    {
        Assert.True(DestinationAddress.TryParse(text, out var address, out var error), error);
        return address;
    }

    /// <summary>Captures of <paramref name="name"/>, with nothing checked on the way, as a pattern would never yield them.</summary>
    private static RouteCaptures Capture(string regex, string name)
    {
        Assert.True(SniRegexPattern.TryParse(regex, out var pattern, out var error), error);
        return new RouteCaptures(pattern: null, [pattern], name);
    }

    [Theory]
    [InlineData("db.internal:5432", "Host", "db.internal", 5432)]
    [InlineData("DB.Internal.:5432", "Host", "db.internal.", 5432)]
    [InlineData("my_service:80", "Host", "my_service", 80)]
    [InlineData("bücher.example:80", "Host", "xn--bcher-kva.example", 80)]
    [InlineData("localhost:80", "Host", "localhost", 80)]
    [InlineData("10.0.0.9:22", "Ip", "10.0.0.9", 22)]
    [InlineData("[2001:db8::1]:443", "Ip", "2001:db8::1", 443)]
    [InlineData("[::ffff:10.0.0.1]:443", "Ip", "10.0.0.1", 443)]
    [InlineData("unix:/run/app.sock", "Unix", "/run/app.sock", null)]
    [InlineData("srv:_mqtt._tcp.example.com", "Srv", "_mqtt._tcp.example.com", null)]
    [InlineData("db.internal:{port}", "Host", "db.internal", null)]
    public void An_address_is_read(string text, string kind, string host, int? port)
    {
        var address = Parse(text);

        Assert.Equal((kind, host, port), (address.Kind.ToString(), address.Host, address.FixedPort));
        Assert.Equal(text, address.ToString());
        Assert.Equal(kind == "Ip", address.Address is not null);
    }

    [Theory]
    [InlineData("")]
    [InlineData("host")]
    [InlineData(":80")]
    [InlineData("host:")]
    [InlineData("host:0")]
    [InlineData("host:65536")]
    [InlineData("host:http")]
    [InlineData("host:{x}")]
    [InlineData("host:{port*2}")]
    [InlineData("host:{port+}")]
    [InlineData("host:{port+70000}")]
    [InlineData("host:{port")]
    [InlineData("tcp://host:80")]
    [InlineData("::1:80")]
    [InlineData("[::1]")]
    [InlineData("[10.0.0.1]:80")]
    [InlineData("[::1:80")]
    [InlineData("[host]:80")]
    [InlineData("127.1:80")]
    [InlineData("0x7f.1:80")]
    [InlineData("2130706433:80")]
    [InlineData("010.0.0.1:80")]
    [InlineData("256.0.0.1:80")]
    [InlineData("{x}.5:80")]
    [InlineData("vm-{x}.internal:80")]
    [InlineData("{x}-vm.internal:80")]
    [InlineData("{x}{y}.internal:80")]
    [InlineData("{**x}.internal:80")]
    [InlineData("{}.internal:80")]
    [InlineData("{x.internal:80")]
    [InlineData("a..b:80")]
    [InlineData("a b:80")]
    [InlineData("unix:")]
    [InlineData("unix:run/app.sock")]
    [InlineData("unix:/a\0b")]
    [InlineData("srv:")]
    [InlineData("srv:a b")]
    [InlineData("srv:_mqtt._tcp.example.com:1883")]
    public void What_cannot_be_connected_to_is_an_error(string text)
    {
        Assert.False(DestinationAddress.TryParse(text, out _, out var error));
        Assert.EndsWith(".", error);
    }

    [Fact]
    public void A_unix_path_longer_than_a_socket_address_is_an_error() =>
        Assert.False(DestinationAddress.TryParse("unix:/" + new string('a', 120), out _, out _));

    [Theory]
    [InlineData("db.internal:80", false, true, "")]
    [InlineData("db.internal:{port}", true, true, "")]
    [InlineData("{x}.internal:80", true, true, "x")]
    [InlineData("{x}.internal.:80", true, true, "x")]
    [InlineData("{x}.{Y}.{x}.internal:80", true, true, "x,Y")]
    [InlineData("db.{x}:80", true, false, "x")]
    [InlineData("{x}.:80", true, false, "x")]
    [InlineData("{x}:80", true, false, "x")]
    public void A_template_names_its_captures(string text, bool isTemplate, bool hasFixedSuffix, string captures)
    {
        var address = Parse(text);

        Assert.Equal((isTemplate, hasFixedSuffix), (address.IsTemplate, address.HasFixedSuffix));
        Assert.Equal(captures, string.Join(',', address.CaptureNames));
    }

    [Theory]
    [InlineData("h:{port}", 1, 65535, true)]
    [InlineData("h:{port-5000}", 5001, 65535, true)]
    [InlineData("h:{port-5000}", 5000, 6000, false)]
    [InlineData("h:{port+5000}", 1, 60535, true)]
    [InlineData("h:{port+5000}", 1, 60536, false)]
    [InlineData("h:80", 1, 65535, true)]
    [InlineData("unix:/a", 1, 65535, true)]
    public void The_whole_range_listened_on_must_lead_to_ports(string text, int low, int high, bool valid)
    {
        Assert.Equal(valid, Parse(text).TryCheckPorts(new PortRange(low, high), out var error));
        Assert.Equal(valid, error is null);
    }

    [Theory]
    [InlineData("db.internal:{port-5000}", 10042, "db.internal", 5042)]
    [InlineData("db.internal:{port+1}", 1, "db.internal", 2)]
    [InlineData("10.0.0.1:{port}", 77, "10.0.0.1", 77)]
    [InlineData("db.internal:5", 77, "db.internal", 5)]
    public void A_port_may_follow_the_port_listened_on(string text, int localPort, string host, int port)
    {
        Assert.True(Parse(text).TryExpand(default, localPort, out var expanded, out var expandedPort, out var error), error);
        Assert.Equal((host, port), (expanded, expandedPort));
    }

    [Fact]
    [Trait("Row", "C1")]
    public void A_pattern_fills_an_address()
    {
        Assert.True(ServerNamePattern.TryParse("{instance}.example.com", out var pattern, out _));

        Assert.True(Parse("{instance}.internal:5432")
            .TryExpand(new RouteCaptures(pattern, regexes: null, "vm7.example.com"), 443, out var host, out var port, out var error), error);

        Assert.Equal(("vm7.internal", 5432), (host, port));
    }

    [Fact]
    public void A_capture_may_hold_several_labels()
    {
        Assert.True(ServerNamePattern.TryParse("{**x}.example.com", out var pattern, out _));

        Assert.True(Parse("{x}.internal.:80")
            .TryExpand(new RouteCaptures(pattern, regexes: null, "a.b.example.com"), 443, out var host, out _, out _));

        Assert.Equal("a.b.internal.", host);
    }

    [Theory]
    [InlineData("my_app")]
    [InlineData("_a")]
    [InlineData("a_.b_c")]
    public void A_capture_may_hold_an_underscore_as_a_server_name_may(string captured)
    {
        Assert.True(Parse("{x}.internal:80").TryExpand(Capture("(?<x>.*)", captured), 443, out var host, out _, out var error), error);

        Assert.Equal($"{captured}.internal", host);
    }

    [Theory]
    [InlineData("{x}.internal:80", "-a")]
    [InlineData("{x}.internal:80", "a-")]
    [InlineData("{x}.internal:80", "a.-b.c")]
    [InlineData("{x}.internal:80", "a..b")]
    [InlineData("{x}.internal:80", ".")]
    [InlineData("{x}.internal:80", "evil.com/")]
    [InlineData("{x}.internal:80", "evil.com:1")]
    [InlineData("{x}.internal:80", "a b")]
    [InlineData("{x}.internal:80", "a\0b")]
    [InlineData("{x}.internal:80", "ä")]
    [InlineData("{x}.internal:80", "")]
    [InlineData("{x}.internal:80", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("{x}:80", "127.0.0.1")]
    [InlineData("{x}:80", "127.1")]
    [InlineData("{x}:80", "0x7f.1")]
    [InlineData("{x}:80", "0x7f000001")]
    [InlineData("{x}:80", "0x")]
    [InlineData("{x}:80", "2130706433")]
    [InlineData("{x}.:80", "127.1")]
    [InlineData("10.0.0.{x}:80", "1")]
    [InlineData("{y}.internal:80", "a")]
    public void A_capture_never_leads_outside_host_names(string text, string captured)
    {
        Assert.False(Parse(text).TryExpand(Capture(@"(?<x>(.|\n)*)", captured), 443, out _, out _, out var error));
        Assert.EndsWith(".", error);
    }

    [Fact]
    public void A_host_of_more_than_253_characters_is_refused()
    {
        var label = new string('a', 60);
        var captures = Capture("(?<x>.*)", $"{label}.{label}.{label}.{label}");

        Assert.True(Parse("{x}.com:80").TryExpand(captures, 443, out _, out _, out _));
        Assert.False(Parse("{x}.internal.example:80").TryExpand(captures, 443, out _, out _, out _));
    }

    [Theory]
    [InlineData("unix:/a")]
    [InlineData("srv:a")]
    public void What_has_no_port_does_not_expand(string text) =>
        Assert.False(Parse(text).TryExpand(default, 443, out _, out _, out _));
}
