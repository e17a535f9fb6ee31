using System.Text.Json.Nodes;

namespace L4Proxy.Providers.Caddy.Caddyfile;

/// <summary>The handlers of a route in a Caddyfile, as Caddy's JSON has them.</summary>
internal static class CaddyfileHandlers
{
    /// <summary>What <c>private_ranges</c> stands for.</summary>
    public static IReadOnlyList<string> PrivateRanges { get; } = ["192.168.0.0/16", "172.16.0.0/12", "10.0.0.0/8", "127.0.0.1/8", "fd00::/8", "::1"];

    // Key, object it stands in, name there.
    private static readonly Dictionary<string, (string[] In, string Name)> s_ofProxy = new(StringComparer.Ordinal)
    {
        ["proxy_protocol"] = ([], "proxy_protocol"),
        ["lb_try_duration"] = (["load_balancing"], "try_duration"),
        ["lb_try_interval"] = (["load_balancing"], "try_interval"),
        ["health_interval"] = (["health_checks", "active"], "interval"),
        ["health_timeout"] = (["health_checks", "active"], "timeout"),
        ["health_port"] = (["health_checks", "active"], "port"),
        ["fail_duration"] = (["health_checks", "passive"], "fail_duration"),
        ["max_fails"] = (["health_checks", "passive"], "max_fails"),
        ["unhealthy_connection_count"] = (["health_checks", "passive"], "unhealthy_connection_count"),
    };

    /// <summary>Reads one.</summary>
    public static JsonObject Read(CaddyDirective handler)
    {
        var json = new JsonObject { ["handler"] = handler.Name };
        if (handler.Name == "proxy")
            ReadProxy(handler, json);
        else
            ReadOther(handler, json);
        return json;
    }

    private static void ReadProxy(CaddyDirective proxy, JsonObject json)
    {
        var upstreams = new JsonArray([.. proxy.Arguments.Select(address => new JsonObject { ["dial"] = new JsonArray(address) })]);
        foreach (var line in proxy.Inner)
        {
            if (line.Name == "upstream")
                upstreams.Add(Upstream(line));
            else if (line.Name == "lb_policy")
                Policy(line, json);
            else if (s_ofProxy.TryGetValue(line.Name, out var known) && line.Arguments is [var value])
                known.In.Aggregate(json, ObjectOf)[known.Name] = ValueOf(value);
            else
                json[Unknown(line)] = true;
        }
        json["upstreams"] = upstreams;
    }

    private static JsonObject Upstream(CaddyDirective upstream)
    {
        var dial = new JsonArray([.. upstream.Arguments.Select(address => (JsonNode)address)]);
        var json = new JsonObject();
        foreach (var line in upstream.Inner)
        {
            if (line is { Name: "dial", Arguments: [var address] })
                dial.Add(address);
            else if (line is { Name: "tls", Arguments.Count: 0, Block: null })
                ObjectOf(json, "tls");
            else if (line.Name == "tls_insecure_skip_verify")
                ObjectOf(json, "tls")["insecure_skip_verify"] = true;
            else if (line is { Name: "tls_server_name", Arguments: [var name] })
                ObjectOf(json, "tls")["server_name"] = name;
            else if (line is { Name: "max_connections" or "weight", Arguments: [var number] })
                json[line.Name] = ValueOf(number);
            else
                json[Unknown(line)] = true;
        }
        json["dial"] = dial;
        return json;
    }

    private static void Policy(CaddyDirective line, JsonObject json)
    {
        var selection = new JsonObject { ["policy"] = line.First };
        if (line.Arguments is ["random_choose", var choose])
            selection["choose"] = ValueOf(choose);
        else if (line.Arguments.Count > 1)
            selection[Unknown(line)] = true;
        ObjectOf(json, "load_balancing")["selection"] = selection;
    }

    private static void ReadOther(CaddyDirective handler, JsonObject json)
    {
        if (handler.Arguments.Count > 0)
            json[Unknown(handler)] = true;
        foreach (var line in handler.Inner)
        {
            if (line.Block is not null || line.Arguments.Count == 0)
                json[Unknown(line)] = true;
            else if (handler.Name == "proxy_protocol" && line.Name is "allow" or "deny")
                json[line.Name] = new JsonArray([.. (json[line.Name] as JsonArray ?? []).Select(item => item!.DeepClone()), .. line.Arguments.SelectMany(range => range == "private_ranges" ? PrivateRanges : [range]).Select(range => (JsonNode)range)]);
            else if (line.Arguments is [var value])
                json[line.Name] = ValueOf(value);
            else
                json[Unknown(line)] = true;
        }
    }

    private static JsonObject ObjectOf(JsonObject parent, string key)
    {
        if (parent[key] is not JsonObject child)
            parent[key] = child = [];
        return child;
    }

    private static JsonNode ValueOf(string text) => long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : text;

    private static string Unknown(CaddyDirective line) => $"{string.Join(' ', line.Words)} (line {line.Line})";
}
