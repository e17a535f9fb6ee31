using static L4Proxy.Core.Tests.Configuration.ConfigValidatorTests;

namespace L4Proxy.Core.Tests.Configuration;

/// <summary>What a cluster may say of its sockets and of its queue.</summary>
public class SocketValidationTests
{
    [Theory]
    [InlineData("localhost", "'localhost' is not an IP address, such as '192.0.2.7' or '2001:db8::7'.")]
    [InlineData("10.0.0.0/8", "'10.0.0.0/8' is not an IP address, such as '192.0.2.7' or '2001:db8::7'.")]
    [InlineData("10.1", "'10.1' is not an IP address, such as '192.0.2.7' or '2001:db8::7'.")]
    [InlineData("127.0.0.1:80", "'127.0.0.1:80' is not an IP address, such as '192.0.2.7' or '2001:db8::7'.")]
    [InlineData("0.0.0.0", "Nothing can be dialled from '0.0.0.0': give an address of this machine, or leave the choice to the system.")]
    [InlineData("::", "Nothing can be dialled from '::': give an address of this machine, or leave the choice to the system.")]
    [InlineData("224.0.0.1", "Nothing can be dialled from '224.0.0.1': give an address of this machine, or leave the choice to the system.")]
    [InlineData("ff02::1", "Nothing can be dialled from 'ff02::1': give an address of this machine, or leave the choice to the system.")]
    [InlineData("::ffff:10.0.0.1", "Nothing can be dialled from '::ffff:10.0.0.1': give an address of this machine, or leave the choice to the system.")]
    public void Connections_come_from_addresses(string address, string message) => AssertErrors(
        With($$""" "Socket": { "LocalAddresses": ["192.0.2.7", "{{address}}"] } """), $"L4Proxy:Clusters:c:Socket:LocalAddresses:1: {message}");

    [Fact]
    public void An_address_of_the_family_that_is_not_used_is_an_error()
    {
        const string other = "this address is of the other family.";
        AssertErrors(With(""" "Socket": { "AddressFamily": "IPv6" } """), $"L4Proxy:Clusters:c:Destinations:v4:Address: The cluster's 'Socket:AddressFamily' is 'IPv6', and {other}");
        AssertErrors(With(""" "Socket": { "AddressFamily": "IPv4" } """), $"L4Proxy:Clusters:c:Destinations:v6:Address: The cluster's 'Socket:AddressFamily' is 'IPv4', and {other}");
        AssertValid(With(""" "Socket": { "AddressFamily": "Any" } """));
    }

    [Theory]
    [InlineData("tcp://*:1", "tcp://*:2", false)]
    [InlineData("tcp://*:1", "udp://*:2", false)]
    [InlineData("udp://*:1", "udp://*:2", true)]
    public void A_queue_that_only_datagrams_come_to_is_a_warning(string first, string second, bool isWarning)
    {
        var section = $$"""
            {
              "Endpoints": { "a": { "Url": "{{first}}" }, "b": { "Url": "{{second}}" } },
              "Routes": { "a": { "Endpoints": ["a"], "ClusterId": "c" }, "b": { "Endpoints": ["b"], "ClusterId": "c" } },
              "Clusters": { "c": { "Destinations": { "d": { "Address": "a:9" } }, "Queue": {} } }
            }
            """;
        AssertWarnings(section, isWarning ? ["L4Proxy:Clusters:c:Queue: Only UDP routes lead here, and no datagram waits in it."] : []);
    }

    private static string With(string member) => $$"""
        {
          "Clusters": {
            "c": {
              "Destinations": {
                "v4": { "Address": "192.0.2.1:80" }, "v6": { "Address": "[2001:db8::1]:80" },
                "name": { "Address": "up.internal:80" }, "unix": { "Address": "unix:/run/up.sock" }
              },
              {{member}}
            }
          }
        }
        """;
}
