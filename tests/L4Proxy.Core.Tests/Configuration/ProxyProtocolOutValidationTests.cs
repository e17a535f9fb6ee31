using static L4Proxy.Core.Tests.Configuration.ConfigValidatorTests;

namespace L4Proxy.Core.Tests.Configuration;

public class ProxyProtocolOutValidationTests
{
    private const string Destinations = """ "Destinations": { "d": { "Address": "10.0.0.1:80" } } """;

    [Theory]
    [InlineData("\"V1\"")]
    [InlineData("\"V2\"")]
    [InlineData("{}")]
    [InlineData("""{ "Version": "V1", "Tlvs": [] }""")]
    [InlineData("""{ "Version": "V1", "Datagrams": "Every" }""")]
    [InlineData("""{ "Version": "V2", "Tlvs": ["Authority", "Alpn", "UniqueId", "Crc32c", "Ssl"], "Datagrams": "Every" }""")]
    public void A_header_to_a_TCP_destination_is_valid(string header) => AssertValid(To("tcp", header));

    [Theory]
    [InlineData("\"V2\"")]
    [InlineData("""{ "Version": "V2", "Tlvs": ["UniqueId"], "Datagrams": "Every" }""")]
    public void Version_2_to_a_UDP_destination_is_valid(string header) => AssertValid(To("udp", header));

    [Theory]
    [InlineData("\"V1\"")]
    [InlineData("""{ "Version": "V1" }""")]
    public void Version_1_to_a_UDP_destination_is_an_error(string header) => AssertErrors(
        To("udp", header),
        "L4Proxy:Clusters:c:ProxyProtocol:Version: A route of the UDP endpoint 'e' leads here, and version 1 is for TCP only; use 'V2'.");

    [Theory]
    [InlineData("""{ "Tlvs": [] }""")]
    [InlineData("""{ "Datagrams": "First" }""")]
    public void Other_keys_without_a_version_are_an_error(string header) => AssertErrors(
        To("tcp", header),
        "L4Proxy:Clusters:c:ProxyProtocol:Version: Without a version no header is written, and the other keys here would say nothing.");

    [Fact]
    public void TLVs_with_version_1_are_warned_of() => AssertWarnings(
        To("tcp", """{ "Version": "V1", "Tlvs": ["Authority"] }"""),
        "L4Proxy:Clusters:c:ProxyProtocol:Tlvs: Version 1 has no room for them: they are not written.");

    private static string To(string scheme, string header) => $$"""
        {
          "Endpoints": { "e": { "Url": "{{scheme}}://*:1" } }, "Routes": { "r": { "Endpoints": ["e"], "ClusterId": "c" } },
          "Clusters": { "c": { {{Destinations}}, "ProxyProtocol": {{header}} } }
        }
        """;
}
