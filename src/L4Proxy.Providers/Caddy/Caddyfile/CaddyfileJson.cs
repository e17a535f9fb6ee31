using System.Text.Json.Nodes;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Caddy.Caddyfile;

/// <summary>
/// What the <c>layer4</c> blocks of a Caddyfile's global options are in Caddy's JSON, as <c>caddy adapt</c> with the layer4 app makes of them. A word that is not known becomes a key that nobody
/// asks for, so that it is said where the JSON is read.
/// </summary>
internal sealed class CaddyfileJson(ImportNotes notes)
{
    private const string NotLayer4 = "It is not layer 4.";

    /// <summary>Reads a file.</summary>
    public JsonObject Read(string text)
    {
        var servers = new JsonObject();
        var all = CaddyDirective.Read(text, out var error);
        if (error is { } wrong)
            notes.Lost($"line {wrong.Line}", wrong.Message);
        foreach (var block in all)
        {
            if (block.Words.Count > 0)
                notes.LeftOut($"line {block.Line}", NotLayer4);
            else
                ReadOptions(block, servers);
        }
        return new() { ["apps"] = new JsonObject { ["layer4"] = new JsonObject { ["servers"] = servers } } };
    }

    private void ReadOptions(CaddyDirective options, JsonObject servers)
    {
        foreach (var option in options.Inner)
        {
            if (option.Name != "layer4")
                notes.LeftOut($"line {option.Line}", NotLayer4);
            foreach (var server in option.Name == "layer4" ? option.Inner : [])
                servers[$"{string.Join(' ', server.Words)} (line {server.Line})"] = Server(server);
        }
    }

    private JsonObject Server(CaddyDirective server)
    {
        var json = Routes(server.Inner);
        json["listen"] = ListOf(server.Words.SelectMany(word => word.Split(',', StringSplitOptions.RemoveEmptyEntries)));
        return json;
    }

    private JsonObject Routes(IReadOnlyList<CaddyDirective> block)
    {
        var json = new JsonObject();
        var routes = new JsonArray();
        var sets = block.Where(line => line.Name.StartsWith('@')).DistinctBy(line => line.Name).ToDictionary(line => line.Name, MatcherSet);
        foreach (var line in block.Where(line => !line.Name.StartsWith('@')))
        {
            if (line.Name == "route")
                routes.Add(Route(line, sets));
            else if (line.Name is "matching_timeout" or "idle_timeout")
                json[line.Name] = line.First;
            else
                notes.Lost($"line {line.Line}", $"Nothing in L4Proxy is like '{line.Name}', or nothing that is known of here.");
        }
        json["routes"] = routes;
        return json;
    }

    private JsonObject Route(CaddyDirective route, Dictionary<string, JsonObject> sets)
    {
        var json = new JsonObject();
        var named = route.Arguments.Select(name => sets.TryGetValue(name, out var set) ? set.DeepClone() : new JsonObject { [$"{name} (line {route.Line})"] = true }).ToList();
        if (named.Count > 0)
            json["match"] = new JsonArray([.. named]);
        json["handle"] = new JsonArray([.. route.Inner.Select(handler => handler.Name == "subroute" ? Subroute(handler) : CaddyfileHandlers.Read(handler))]);
        return json;
    }

    private JsonObject Subroute(CaddyDirective handler)
    {
        var json = Routes(handler.Inner);
        json["handler"] = handler.Name;
        return json;
    }

    /// <summary>One matcher behind the name, or several in a block, all of which must hold.</summary>
    private static JsonObject MatcherSet(CaddyDirective set)
    {
        var json = new JsonObject();
        if (set.Words.Count > 1)
            Add(json, set with { Words = set.Arguments });
        else
            set.Inner.ToList().ForEach(line => Add(json, line));
        return json;
    }

    private static void Add(JsonObject set, CaddyDirective matcher)
    {
        // A matcher is in a set once.
        var key = set.ContainsKey(matcher.Name) ? $"{matcher.Name} (line {matcher.Line})" : matcher.Name;
        set[key] = matcher.Name switch
        {
            "tls" or "quic" => Parts(matcher, part => part.Name switch
            {
                "sni_regexp" => new JsonObject { ["pattern"] = part.Words.Count > 1 ? part.Words[^1] : null },
                "remote_ip" or "local_ip" => Ranges(part),
                _ => ListOf(part.Arguments),
            }),
            "http" => new JsonArray(Parts(matcher, part => ListOf(part.Arguments))),
            "remote_ip" or "local_ip" => Ranges(matcher),
            "regexp" => Regexp(matcher),
            "clock" => Clock(matcher),
            "not" => new JsonArray(MatcherSet(matcher)),
            _ when matcher.Words.Count == 1 && matcher.Block is null => new JsonObject(),
            _ => new JsonObject { [$"{string.Join(' ', matcher.Words)} (line {matcher.Line})"] = true },
        };
    }

    private static JsonObject Parts(CaddyDirective matcher, Func<CaddyDirective, JsonNode> read)
    {
        var json = new JsonObject();
        foreach (var part in matcher.Words.Count > 1 ? [matcher with { Words = matcher.Arguments }] : matcher.Inner)
            json[part.Name] = read(part);
        return json;
    }

    private static JsonObject Ranges(CaddyDirective part) => new()
    {
        ["ranges"] = ListOf(part.Arguments.SelectMany(range => range == "private_ranges" ? CaddyfileHandlers.PrivateRanges : [range])),
    };

    private static JsonObject Regexp(CaddyDirective matcher)
    {
        var json = new JsonObject { ["pattern"] = matcher.First };
        if (matcher.Arguments.Count > 1)
            json["count"] = int.TryParse(matcher.Arguments[1], System.Globalization.CultureInfo.InvariantCulture, out var count) ? count : matcher.Arguments[1];
        return json;
    }

    private static JsonObject Clock(CaddyDirective matcher)
    {
        var times = matcher.Arguments.Where(word => word is not ("after" or "from" or "before" or "till" or "to" or "until")).ToList();
        var json = new JsonObject();
        var isOnlyBefore = matcher.First is "before" or "till" or "to" or "until";
        foreach (var (key, time) in (isOnlyBefore ? (string[])["before", "timezone"] : ["after", "before", "timezone"]).Zip(times))
            json[key] = time;
        return json;
    }

    private static JsonArray ListOf(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);
}
