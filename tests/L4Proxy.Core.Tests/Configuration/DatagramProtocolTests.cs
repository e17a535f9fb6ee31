using static L4Proxy.Core.Tests.Configuration.ConfigValidatorTests;

namespace L4Proxy.Core.Tests.Configuration;

/// <summary>What is spoken over UDP or TCP alone is an error on an endpoint of the other.</summary>
public class DatagramProtocolTests
{
    private const string Rest = """ "Endpoints": { "t": { "Url": "tcp://*:1" }, "u": { "Url": "udp://*:2" } }, "Clusters": { "c": { "Destinations": { "d": { "Address": "10.0.0.1:80" } } } } """;

    [Fact]
    public void A_protocol_of_both_is_allowed_on_both() => AssertValid(
        $$"""{ "Routes": { "r": { "Endpoints": ["t", "u"], "ClusterId": "c", "Match": { "Protocols": ["dns", "stun"], "Dns": { "Names": ["*.a", "."], "Types": ["aaaa", "TYPE65000", "*KEY"] } } } }, {{Rest}} }""");

    [Theory]
    [InlineData(""" "Endpoints": ["t"], """)]
    [InlineData("")]
    public void A_protocol_of_datagrams_is_not_found_in_a_stream(string endpoints) => AssertErrors(
        $$"""{ "Routes": { "r": { {{endpoints}} "ClusterId": "c", "Match": { "Protocols": ["ssh", "dtls"] } } }, {{Rest}} }""",
        "L4Proxy:Routes:r:Match:Protocols:1: The endpoint 't' is TCP, and dtls is spoken over UDP.");

    [Fact]
    public void What_is_said_in_a_stream_is_not_found_in_a_datagram() => AssertErrors(
        $$"""{ "Routes": { "r": { "Endpoints": ["u"], "ClusterId": "c", "Match": { "Protocols": ["ssh", "dtls"], "Mqtt": {}, "Postgres": {}, "Ssh": {} } } }, {{Rest}} }""",
        "L4Proxy:Routes:r:Match:Mqtt: The endpoint 'u' is UDP, and MQTT is spoken over TCP.",
        "L4Proxy:Routes:r:Match:Postgres: The endpoint 'u' is UDP, and PostgreSQL is spoken over TCP.",
        "L4Proxy:Routes:r:Match:Ssh: The endpoint 'u' is UDP, and SSH is spoken over TCP.",
        "L4Proxy:Routes:r:Match:Protocols:0: The endpoint 'u' is UDP, and ssh is spoken over TCP.");

    [Fact]
    public void Names_and_types_of_dns_that_there_are_not() => AssertErrors(
        $$"""{ "Routes": { "r": { "Endpoints": ["u"], "ClusterId": "c", "Match": { "Dns": { "Names": ["bücher.example"], "Types": ["AAAAA"] } } } }, {{Rest}} }""",
        "L4Proxy:Routes:r:Match:Dns:Names:0: 'bücher.example' is no name in DNS: an international one is written as there, as in 'xn--bcher-kva.example', and the root as '.'.",
        "L4Proxy:Routes:r:Match:Dns:Types:0: There is no type of DNS records 'AAAAA', did you mean 'AAAA'? One without a name is written as 'TYPE65000'.");
}
