using static L4Proxy.Core.Tests.Configuration.ConfigValidatorTests;

namespace L4Proxy.Core.Tests.Configuration;

public class ProbeValidationTests
{
    private const string Active = "L4Proxy:Clusters:c:HealthCheck:Active";
    private const string HealthAddress = "L4Proxy:Clusters:c:Destinations:d:HealthAddress";

    [Theory]
    [InlineData("""{ "Enabled": true }""")]
    [InlineData("""{ "Enabled": "true", "Type": "TCP", "Interval": "00:00:00.1", "Timeout": "00:10:00", "Rise": 1, "Fall": 100, "Send": "a\\x00\\r\\n", "Expect": "b\\\\" }""")]
    [InlineData("""{ "Enabled": true, "Type": "tls", "ServerName": "a.example.com" }""")]
    [InlineData("""{ "Enabled": true, "Type": "http", "Send": "/healthz?deep=%20", "ServerName": "192.0.2.1" }""")]
    [InlineData("""{ "Enabled": true, "Type": "Udp", "Send": "\\x12\\x34" }""")]
    [InlineData("""{ "Enabled": true, "Type": "Agent", "Send": "state?\\n" }""")]
    [InlineData("""{ "Enabled": false, "Type": "Agent" }""")]
    public void Is_right(string active) => AssertFindings(active, [], []);

    [Theory]
    [InlineData("""{ "Enabled": true, "Send": "\\q", "Expect": "\\x1" }""",
        @":Send: '\q' is none of '\xHH' (two hexadecimal digits), '\r', '\n', '\t', '\0' and '\\'.",
        @":Expect: '\x1' is none of '\xHH' (two hexadecimal digits), '\r', '\n', '\t', '\0' and '\\'.")]
    [InlineData("""{ "Enabled": false, "Send": "\\q" }""", @":Send: '\q' is none of '\xHH' (two hexadecimal digits), '\r', '\n', '\t', '\0' and '\\'.")]
    [InlineData("""{ "Enabled": true, "Type": "Http", "Send": "healthz" }""",
        ":Send: For 'Http' this is the path, as in '/healthz?deep=1': printable ASCII without blanks or '#', 1024 characters at the most.")]
    [InlineData("""{ "Enabled": true, "Type": "Http", "Send": "/a b" }""",
        ":Send: For 'Http' this is the path, as in '/healthz?deep=1': printable ASCII without blanks or '#', 1024 characters at the most.")]
    [InlineData("""{ "Enabled": true, "Type": "Tls", "ServerName": "{x}.example.com" }""", ":ServerName: A probe has no captures: say one name.")]
    public void Is_wrong(string active, params string[] errors) => AssertFindings(active, [.. errors.Select(error => Active + error)], []);

    [Theory]
    [InlineData("""{ "Type": "Tcp" }""", ":Enabled: Nothing is probed unless this is true.")]
    [InlineData("""{ "Enabled": true, "Type": "Agent", "Expect": "up" }""", ":Expect: It says nothing here: an agent's words are known.")]
    [InlineData("""{ "Enabled": true, "ServerName": "a.example.com" }""", ":ServerName: It says nothing here: only probes of type 'Tls' and 'Http' ask for a name.")]
    public void Is_odd(string active, string warning) => AssertFindings(active, [], [Active + warning]);

    [Fact]
    public void In_a_cluster_that_speaks_TLS_it_is_said_what_is_plaintext()
    {
        AssertFindings("""{ "Enabled": true, "Expect": "x" }""", [],
            [Active + ":Type: The cluster speaks TLS, and this is sent and awaited in plaintext; 'Tls' is within TLS."], more: """, "Tls": {} """);
        AssertFindings("""{ "Enabled": true }""", [], [], more: """, "Tls": {} """);
    }

    [Fact]
    public void A_name_that_is_made_of_captures_is_not_known_to_a_probe()
    {
        const string Tls = """, "Tls": { "ServerName": "{x}.example.com" } """;
        AssertFindings("""{ "Enabled": true, "Type": "Tls" }""",
            [Active + ":ServerName: The cluster's 'Tls:ServerName' depends on the connection, and a probe is none: say which name it asks for."], [], more: Tls);
        AssertFindings("""{ "Enabled": true, "Type": "Tls", "ServerName": "probe.example.com" }""", [], [], more: Tls);
        AssertFindings("""{ "Enabled": true }""", [], [], more: Tls);
    }

    [Theory]
    [InlineData(""" "Address": "{x}.example.com:80" """, "'{x}.example.com:80' depends on the connection, so there is nothing to probe: say here where, or leave 'HealthCheck:Active' out.")]
    [InlineData(""" "Address": "a.example.com:{port+1}" """, "'a.example.com:{port+1}' depends on the connection, so there is nothing to probe: say here where, or leave 'HealthCheck:Active' out.")]
    [InlineData(""" "Address": "a:1", "HealthAddress": "a" """, "'a' has no port; write 'host:port', '[v6]:port' or 'unix:/path'.")]
    [InlineData(""" "Address": "a:1", "HealthAddress": "{x}.example.com:80" """, "A probe has no captures and no port that was connected to: write a host and a number.")]
    [InlineData(""" "Address": "a:1", "HealthAddress": "a:{port}" """, "A probe has no captures and no port that was connected to: write a host and a number.")]
    [InlineData(""" "Address": "a:1", "HealthAddress": "srv:_x._tcp.example.com" """, "Write 'host:port', '[v6]:port' or 'unix:/path'.")]
    public void Where_it_is_probed_must_be_known(string destination, string error) =>
        AssertFindings("""{ "Enabled": true }""", [$"{HealthAddress}: {error}"], [], destination);

    [Theory]
    [InlineData(""" "Address": "{x}.example.com:80", "HealthAddress": "b:1" """)]
    [InlineData(""" "Address": "a:1", "HealthAddress": "[2001:db8::1]:80" """)]
    [InlineData(""" "Address": "a:1", "HealthAddress": "unix:/run/health.sock" """)]
    public void It_may_be_probed_elsewhere(string destination) => AssertFindings("""{ "Enabled": true }""", [], [], destination);

    [Theory]
    [InlineData(""" "Address": "unix:/run/a.sock" """)]
    [InlineData(""" "Address": "a:1", "HealthAddress": "unix:/run/a.sock" """)]
    public void A_datagram_is_sent_to_no_Unix_socket(string destination) => AssertFindings("""{ "Enabled": true, "Type": "Udp" }""",
        [$"{HealthAddress}: A Unix socket is a stream, and the probe is a datagram: say here where to send it."], [], destination);

    [Fact]
    public void Where_nothing_is_probed_an_address_for_it_is_odd() => AssertFindings("""{ "Enabled": false }""", [],
        [$"{HealthAddress}: It says nothing without 'HealthCheck:Active' of the cluster, with 'Enabled' true."], """ "Address": "a:1", "HealthAddress": "a:2" """);

    private static void AssertFindings(string active, string[] errors, string[] warnings, string destination = """ "Address": "a:1" """, string more = "")
    {
        var (found, odd) = Validate(Sample.AssertErrors($$"""{ "Clusters": { "c": { "Destinations": { "d": { {{destination}} } }, "HealthCheck": { "Active": {{active}} } {{more}} } } }"""));
        Assert.Equal(errors, found.Select(error => error.ToString()));
        Assert.Equal(warnings, odd.Select(warning => warning.ToString()));
    }
}
