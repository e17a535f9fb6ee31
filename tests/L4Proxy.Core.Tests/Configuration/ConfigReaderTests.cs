using System.Text;
using System.Text.Json;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;

namespace L4Proxy.Core.Tests.Configuration;

public class ConfigReaderTests
{
    [Fact]
    public void The_example_of_the_design_is_read_without_an_error()
    {
        var result = ConfigReader.ParseFile(Sample.Example, "example.jsonc");

        Assert.Empty(result.Errors);
        var config = result.Config;
        Assert.Equal(L4TransportKind.Auto, config.Transport);
        Assert.Equal(TimeSpan.FromSeconds(25), config.ShutdownTimeout);
        Assert.Equal(1.0, config.AccessLog!.Sampling);
        Assert.Empty(config.Dns!.Servers!);
        Assert.Equal(["mqtt", "https", "dns", "databases", "origin"], config.Endpoints!.Keys);
        Assert.Equal("Https", config.Endpoints["https"].Kestrel);
        var origin = config.Endpoints["origin"];
        Assert.Equal(L4ProxyProtocolMode.Required, origin.ProxyProtocol!.Mode);
        Assert.Equal(["10.0.0.0/8"], origin.ProxyProtocol.Trusted);
        Assert.Equal(200, origin.Limits!.ConnectionRate!.Burst);
        Assert.True(origin.Limits.ConnectionRate.PerClient);
        Assert.Equal("deny.txt", origin.Firewall!.DenyFile);
        Assert.Equal(["{instance}.example.com"], config.Routes!["tenant"].Match!.Sni);
        Assert.Equal(10, config.Routes["ssh"].Order);
        var broker = config.Clusters!["broker"];
        Assert.Equal(["a", "b", "c"], broker.Destinations!.Keys);
        Assert.True(broker.Destinations["c"].Backup);
        Assert.Null(broker.HealthCheck!.Active!.Send);
        Assert.Null(broker.Timeouts!.MaxLifetime);
        Assert.Equal(TimeSpan.FromMinutes(10), broker.Timeouts.Idle);
        Assert.Equal(
            [L4ProxyProtocolTlv.Authority, L4ProxyProtocolTlv.Alpn, L4ProxyProtocolTlv.UniqueId, L4ProxyProtocolTlv.Crc32c],
            broker.ProxyProtocol!.Tlvs);
        Assert.Equal(1, config.Clusters["resolver"].Udp!.Responses);
    }

    [Fact]
    public void What_the_writer_writes_the_reader_reads_back()
    {
        var config = ConfigReader.ParseFile(Sample.Example, "example.jsonc").Config;

        var again = ConfigReader.Parse(ConfigWriter.Write(config));

        Assert.Empty(again.Errors);
        Assert.Equal(Sample.Json(config), Sample.Json(again.Config));
    }

    [Fact]
    public void Every_key_of_every_record_is_read()
    {
        var json = EveryKey.Write();

        var result = ConfigReader.Parse(Encoding.UTF8.GetBytes(json));

        Assert.Empty(result.Errors);
        using var written = JsonDocument.Parse(json);
        using var readBack = JsonDocument.Parse(ConfigWriter.Write(result.Config));
        Assert.True(JsonElement.DeepEquals(written.RootElement, readBack.RootElement));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{ /* nothing */ }")]
    [InlineData("""{ "Endpoints": null, "Routes": {}, "Clusters": { "a": null }, "AccessLog": {}, }""")]
    public void Nothing_is_a_configuration(string json)
    {
        var config = Sample.AssertErrors(json);

        Assert.Null(config.Endpoints);
        Assert.Empty(config.Clusters ?? new Dictionary<string, L4Cluster>());
    }

    [Fact]
    public void Keys_and_names_are_read_in_any_case()
    {
        var config = Sample.AssertErrors("""
            { "TRANSPORT": "managed", "routes": { "Web": { "clusterid": "a", "aCTION": "pROXY", "match": { "protocols": ["TLS"] } } } }
            """);

        Assert.Equal(L4TransportKind.Managed, config.Transport);
        Assert.Equal("a", config.Routes!["Web"].ClusterId);
        Assert.Equal(L4RouteAction.Proxy, config.Routes["Web"].Action);
    }

    [Fact]
    public void Text_is_taken_for_numbers_and_truth_values_and_numbers_for_text()
    {
        var config = Sample.AssertErrors("""
            {
              "MaxConnections": "100", "AccessLog": { "Enabled": "True", "Sampling": "0.5" },
              "Routes": { "r": { "Order": "-3", "Match": { "LocalPorts": [443, "8000-8099"], "TlsVersions": [1.3] } } }
            }
            """);

        Assert.Equal(100, config.MaxConnections);
        Assert.True(config.AccessLog!.Enabled);
        Assert.Equal(0.5, config.AccessLog.Sampling);
        Assert.Equal(-3, config.Routes!["r"].Order);
        Assert.Equal(["443", "8000-8099"], config.Routes["r"].Match!.LocalPorts);
        Assert.Equal(["1.3"], config.Routes["r"].Match!.TlsVersions);
    }

    [Fact]
    public void A_text_is_short_for_a_proxy_protocol()
    {
        var config = Sample.AssertErrors("""
            { "Endpoints": { "e": { "ProxyProtocol": "required" } }, "Clusters": { "c": { "ProxyProtocol": "v2" } } }
            """);

        Assert.Equal(new L4ProxyProtocolIn { Mode = L4ProxyProtocolMode.Required }, config.Endpoints!["e"].ProxyProtocol);
        Assert.Equal(new L4ProxyProtocolOut { Version = L4ProxyProtocolVersion.V2 }, config.Clusters!["c"].ProxyProtocol);
    }

    [Fact]
    public void An_unknown_short_form_names_the_right_ones() => Sample.AssertErrors(
        """{ "Endpoints": { "e": { "ProxyProtocol": "Requird" } }, "Clusters": { "c": { "ProxyProtocol": "3" } } }""",
        "L4Proxy:Endpoints:e:ProxyProtocol: 'Requird' is not one of Off, Optional, Required, did you mean 'Required'?",
        "L4Proxy:Clusters:c:ProxyProtocol: '3' is not one of V1, V2.");

    [Fact]
    public void A_list_of_which_nothing_can_be_read_is_not_taken_for_an_empty_one()
    {
        var config = Sample.AssertErrors(
            """{ "Routes": { "r": { "Match": { "Bytes": ["16 03"], "AnyOf": [] } } } }""",
            "L4Proxy:Routes:r:Match:Bytes:0: Expected an object, found '16 03'.");

        Assert.Null(config.Routes!["r"].Match!.Bytes);
        Assert.Empty(config.Routes["r"].Match!.AnyOf!);
    }

    [Fact]
    public void An_unknown_key_names_the_nearest_one() => Sample.AssertErrors(
        """{ "Routes": { "r": { "Clusterid2": "a" } }, "Endpoint": {}, "Clusters": { "c": { "Timeouts": { "Idel": "00:00:01" } } } }""",
        "L4Proxy:Routes:r:Clusterid2: Unknown key 'Clusterid2', did you mean 'ClusterId'?",
        "L4Proxy:Endpoint: Unknown key 'Endpoint', did you mean 'Endpoints'?",
        "L4Proxy:Clusters:c:Timeouts:Idel: Unknown key 'Idel', did you mean 'Idle'?");

    [Fact]
    public void An_unknown_key_like_no_other_lists_those_that_there_are() => Sample.AssertErrors(
        """{ "Clusters": { "c": { "Retry": { "xyzzy": 1 } } } }""",
        "L4Proxy:Clusters:c:Retry:xyzzy: Unknown key 'xyzzy'; the keys here are MaxAttempts.");

    [Fact]
    public void A_key_given_twice_is_an_error_and_the_first_one_counts()
    {
        var config = Sample.AssertErrors(
            """{ "MaxConnections": 1, "maxconnections": 2, "Routes": { "a": { "Order": 1 }, "a": {}, "A": {} } }""",
            "L4Proxy:MaxConnections: The key is given twice.",
            "L4Proxy:Routes:a: The key is given twice.");

        Assert.Equal(1, config.MaxConnections);
        Assert.Equal(1, config.Routes!["a"].Order);
        Assert.Contains("A", config.Routes.Keys);
    }

    [Theory]
    [InlineData("\"abc\"", "'abc' is not a duration such as 00:00:05.")]
    [InlineData("\"\"", "'' is not a duration such as 00:00:05.")]
    [InlineData("\"5s\"", "'5s' is not a duration such as 00:00:05.")]
    [InlineData("\"00:00:61\"", "'00:00:61' is not a duration such as 00:00:05.")]
    [InlineData("\"5\"", "'5' is not a duration: it would be days. Write 00:00:05 for 5 seconds.")]
    [InlineData("5", "'5' is not a duration: it would be days. Write 00:00:05 for 5 seconds.")]
    [InlineData("\"24:00:00\"", "'24:00:00' is not a duration: hours go from 0 to 23. Write 1.00:00:00 for one day.")]
    [InlineData("true", "'true' is not a duration such as 00:00:05.")]
    [InlineData("{}", "Expected a duration such as 00:00:05, found an object.")]
    [InlineData("[]", "Expected a duration such as 00:00:05, found a list.")]
    public void What_is_no_duration_says_why(string value, string message) =>
        Sample.AssertErrors($$"""{ "ShutdownTimeout": {{value}} }""", $"L4Proxy:ShutdownTimeout: {message}");

    [Theory]
    [InlineData("00:00:05", 5)]
    [InlineData("0:0:5", 5)]
    [InlineData("00:01", 60)]
    [InlineData("1.00:00:00", 86400)]
    [InlineData("1:00:00:00", 86400)]
    [InlineData("00:00:00.25", 0.25)]
    [InlineData("23:59:59", 86399)]
    public void A_duration_is_written_as_a_time_span(string value, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Sample.AssertErrors($$"""{ "ShutdownTimeout": "{{value}}" }""").ShutdownTimeout);

    [Theory]
    [InlineData("MaxConnections", "\"many\"", "'many' is not a whole number.")]
    [InlineData("MaxConnections", "1.5", "'1.5' is not a whole number.")]
    [InlineData("MaxConnections", "3000000000", "'3000000000' is out of range: 0 to 10000000.")]
    [InlineData("MaxConnections", "[1]", "Expected a whole number, found a list.")]
    [InlineData("Transport", "\"Quic\"", "'Quic' is not one of Auto, Managed, Linux.")]
    [InlineData("Transport", "1", "'1' is not one of Auto, Managed, Linux.")]
    [InlineData("Transport", "\"Manged\"", "'Manged' is not one of Auto, Managed, Linux, did you mean 'Managed'?")]
    [InlineData("Endpoints", "\"tcp\"", "Expected an object, found 'tcp'.")]
    [InlineData("Endpoints", "[]", "Expected an object, found a list.")]
    [InlineData("AccessLog", "true", "Expected an object, found 'true'.")]
    public void A_value_of_the_wrong_kind_says_what_is_expected(string key, string value, string message) =>
        Sample.AssertErrors($$"""{ "{{key}}": {{value}} }""", $"L4Proxy:{key}: {message}");

    [Fact]
    public void What_is_wrong_deep_down_has_its_whole_path() => Sample.AssertErrors(
        """
        {
          "AccessLog": { "Enabled": "yes", "Sampling": "1e999" },
          "Routes": {
            "mqtt": { "Endpoints": "e", "Match": { "Sni": ["a", {}, null, false], "Schedule": { "From": "25:00", "Days": ["Mon"] } } },
            "b": 7
          },
          "Clusters": { "c": { "Metadata": { "k": ["v"] } } }
        }
        """,
        "L4Proxy:AccessLog:Enabled: 'yes' is not true or false.",
        "L4Proxy:AccessLog:Sampling: '1e999' is not a number.",
        "L4Proxy:Routes:mqtt:Endpoints: Expected a list, found 'e'.",
        "L4Proxy:Routes:mqtt:Match:Sni:1: Expected text, found an object.",
        "L4Proxy:Routes:mqtt:Match:Sni:2: Expected text, found null.",
        "L4Proxy:Routes:mqtt:Match:Sni:3: Expected text, found false; put it in quotes.",
        "L4Proxy:Routes:mqtt:Match:Schedule:From: '25:00' is not a time of day such as 22:00.",
        "L4Proxy:Routes:mqtt:Match:Schedule:Days:0: 'Mon' is not one of Sunday, Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, did you mean 'Monday'?",
        "L4Proxy:Routes:b: Expected an object, found '7'.",
        "L4Proxy:Clusters:c:Metadata:k: Expected text, found a list.");

    [Fact]
    public void What_is_right_is_kept_beside_what_is_wrong()
    {
        var config = Sample.Parse("""
            { "Reactors": "x", "Routes": { "a": { "Order": "x", "ClusterId": "c", "Match": { "Sni": ["ok", {}] } }, "b": [] } }
            """).Config;

        Assert.Null(config.Reactors);
        Assert.Equal(["a"], config.Routes!.Keys);
        Assert.Equal("c", config.Routes["a"].ClusterId);
        Assert.Null(config.Routes["a"].Order);
        Assert.Equal(["ok"], config.Routes["a"].Match!.Sni);
    }

    [Theory]
    [InlineData("{\n  \"Routes\": {\n    \"a\" 1\n", "line 3, column 9")]
    [InlineData("", "line 1, column 1")]
    [InlineData("{ \"a\": tru }", "line 1, column 11")]
    [InlineData("{} {}", "line 1, column 4")]
    public void Broken_json_says_where(string json, string where)
    {
        var result = Sample.Parse(json);

        var error = Assert.Single(result.Errors);
        Assert.Equal("L4Proxy", error.Path);
        Assert.StartsWith($"Not valid JSON at {where}: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_is_bounded()
    {
        var json = string.Concat(Enumerable.Repeat("{\"Not\":", 500)) + "{}" + new string('}', 500);

        var error = Assert.Single(Sample.Parse($$"""{ "Routes": { "r": { "Match": {{json}} } } }""").Errors);

        Assert.StartsWith("Not valid JSON at line 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_deepest_nesting_that_is_allowed_is_read()
    {
        const int Matches = ConfigReader.MaxDepth - 4;
        var json = string.Concat(Enumerable.Repeat("{\"Not\":", Matches)) + "{}" + new string('}', Matches);

        var match = Sample.AssertErrors($$"""{ "Routes": { "r": { "Match": {{json}} } } }""").Routes!["r"].Match;

        for (var i = 0; i < Matches; i++)
            match = match!.Not;
        Assert.NotNull(match);
    }

    [Fact]
    public void Text_that_is_no_unicode_is_an_error()
    {
        Assert.Equal(
            ["L4Proxy: The text is not valid UTF-8."],
            ConfigReader.Parse(new byte[] { (byte)'{', 0xFF, (byte)'}' }).Errors.Select(error => error.ToString()));
        Sample.AssertErrors(
            """{ "\ud800": 1, "Routes": { "r": { "ClusterId": "\udc00" } } }""",
            "L4Proxy: A key holds half of a surrogate pair.",
            "L4Proxy:Routes:r:ClusterId: Expected text, found text with half of a surrogate pair.");
    }

    [Fact]
    public void A_byte_order_mark_is_skipped() =>
        Assert.Empty(ConfigReader.Parse(Encoding.UTF8.GetPreamble().Concat("{}"u8.ToArray()).ToArray()).Errors);

    [Fact]
    public void Messages_are_one_bounded_line()
    {
        var error = Assert.Single(Sample.Parse($$"""{ "a\r\n{{new string('x', 5000)}}": 1 }""").Errors);

        Assert.DoesNotContain('\n', error.ToString());
        Assert.InRange(error.ToString().Length, 100, 600);
    }

    [Fact]
    public void The_list_of_errors_is_bounded()
    {
        var json = "{" + string.Join(',', Enumerable.Range(0, 5000).Select(i => $"\"k{i}\":1")) + "}";

        var errors = Sample.Parse(json).Errors;

        Assert.Equal(1001, errors.Count);
        Assert.Contains("only the first 1000", errors[^1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_section_is_found_in_a_file_among_others()
    {
        var result = ConfigReader.ParseFile("""{ "Logging": { "x": [1] }, "l4proxy": { "Reactors": 3, "Bad": 1 } }"""u8.ToArray(), "f.json");

        Assert.Equal(3, result.Config.Reactors);
        Assert.StartsWith("L4Proxy:Bad: Unknown key", Assert.Single(result.Errors).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{ "L4Proxy": null }""")]
    [InlineData("""{ "L4Proxy": {} }""")]
    public void A_file_without_the_section_is_an_empty_configuration(string file)
    {
        var result = ConfigReader.ParseFile(Encoding.UTF8.GetBytes(file), "f.json");

        Assert.Empty(result.Errors);
        Assert.Equal(new L4Config(), result.Config);
    }

    [Theory]
    [InlineData("[]", "f.json: Expected an object with the key 'L4Proxy'.")]
    [InlineData("""{ "L4Proxy": {}, "L4PROXY": {} }""", "L4Proxy: The section is given twice.")]
    [InlineData("""{ "L4Proxy": [] }""", "L4Proxy: Expected an object, found a list.")]
    public void A_file_of_another_form_is_an_error(string file, string message) => Assert.Equal(
        [message], ConfigReader.ParseFile(Encoding.UTF8.GetBytes(file), "f.json").Errors.Select(error => error.ToString()));

    [Fact]
    public void A_password_is_not_part_of_the_text_of_a_certificate()
    {
        var text = new L4Certificate { Path = "a.pfx", Password = "secret" }.ToString();

        Assert.Equal("L4Certificate { Path = a.pfx, KeyPath = , Password = *** }", text);
    }
}
