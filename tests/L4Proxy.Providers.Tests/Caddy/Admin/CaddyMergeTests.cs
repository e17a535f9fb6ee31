using System.Text.Json.Nodes;
using CsCheck;
using L4Proxy.Providers.Caddy.Admin;
using Microsoft.Extensions.Time.Testing;

namespace L4Proxy.Providers.Tests.Caddy.Admin;

/// <summary>A whole document that was made of an older one wipes nothing of what others have written since.</summary>
[Trait("Row", "A6")]
public sealed class CaddyMergeTests
{
    [Theory]
    [InlineData("null", """{"a":1}""", "null", """{"a":1}""")]
    [InlineData("null", """{"a":1}""", """{"b":2}""", """{"a":1,"b":2}""")] // Who has read nothing takes nothing away.
    [InlineData("""{"a":1}""", "{}", """{"a":1,"b":2}""", """{"b":2}""")] // Taken away; the other one's stays.
    [InlineData("""{"a":1}""", """{"a":2}""", """{"a":3}""", """{"a":2}""")] // Who writes now is right.
    [InlineData("""{"a":{"x":1}}""", "{}", """{"a":{"x":2}}""", """{"a":{"x":2}}""")] // Taken away here, changed there: it stays.
    [InlineData("""{"a":1}""", """{"a":1,"c":3}""", """{"b":2}""", """{"c":3,"b":2}""")] // Taken away there.
    [InlineData("""{"a":1}""", """{"a":5}""", """{}""", """{"a":5}""")]
    [InlineData("""["x"]""", """["x","m"]""", """["x","t"]""", """["x","t","m"]""")]
    [InlineData("""["x","z"]""", """["x"]""", """["x","z","t"]""", """["x","t"]""")]
    [InlineData("""[{"@id":"a","v":1}]""", """[{"@id":"a","v":2}]""", """[{"@id":"a","v":1},{"@id":"b"}]""", """[{"@id":"a","v":2},{"@id":"b"}]""")]
    [InlineData("""[{"@id":"a","v":1,"w":1}]""", """[{"@id":"a","v":2,"w":1}]""", """[{"@id":"a","v":1,"w":3}]""", """[{"@id":"a","v":2,"w":3}]""")]
    [InlineData("""[1,1]""", """[1,1,1]""", """[1,1,2]""", """[1,1,2,1]""")]
    [InlineData("""{"a":null}""", """{"a":null,"b":1}""", """{"a":null,"c":1}""", """{"a":null,"b":1,"c":1}""")]
    [InlineData("""{"a":[]}""", """{"a":{}}""", """{"a":[1]}""", """{"a":{}}""")]
    public void Three_ways(string seen, string wanted, string current, string merged) =>
        Assert.Equal(merged, CaddyMerge.Merge([JsonNode.Parse(seen)], JsonNode.Parse(wanted), JsonNode.Parse(current))?.ToJsonString());

    /// <summary>
    /// Agents read, and write the whole document, at random moments; each adds, changes and removes what is its own and gives back the rest. Where nothing tells them apart, a document that is
    /// just what another one of them had read says nothing: what one has taken away then goes when it writes the next time. Nothing that is wanted is ever lost.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Agents_lose_nothing(bool areKnown) => Gen.Int.Sample(
        seed =>
        {
            string Client(Agent agent) => areKnown ? agent.Name : "all";
            var random = new Random(seed);
            var time = new FakeTimeProvider();
            var reads = new CaddyReads(time);
            JsonNode? current = null;
            var agents = Enumerable.Range(0, 3).Select(i => new Agent($"h{i}")).ToList();
            for (var step = 0; step < 60; step++)
            {
                var agent = agents[random.Next(agents.Count)];
                if (agent.Base is null)
                {
                    agent.Read(current);
                    reads.Add(Client(agent), current, 1);
                    continue;
                }
                agent.Change(random);
                current = Write(agent);
                foreach (var each in agents)
                    each.CheckIn(current, isExact: areKnown);
            }
            foreach (var agent in agents.OrderBy(agent => agent.Base is null))
            {
                if (agent.Base is not null)
                    current = Write(agent);
                time.Advance(TimeSpan.FromSeconds(16));
                agent.Read(current);
                reads.Add(Client(agent), current, 1);
                current = Write(agent);
                agent.CheckIn(current, isExact: true);
            }

            JsonNode? Write(Agent agent)
            {
                var wanted = CaddyTree.Parse(System.Text.Encoding.UTF8.GetBytes(agent.Document().ToJsonString()));
                var merged = CaddyMerge.Merge(reads.FindSeen(Client(agent)), wanted, current);
                reads.Written(Client(agent), wanted, 1);
                agent.Base = null;
                return merged;
            }
        },
        iter: 2000);

    private sealed class Agent(string name)
    {
        public string Name => name;

        private Dictionary<string, int> Own { get; } = [];

        public JsonObject? Base { get; set; }

        public void Read(JsonNode? document) => Base = (document?.DeepClone() as JsonObject) ?? [];

        public void Change(Random random)
        {
            var key = $"{name}_{random.Next(3)}";
            if (random.Next(3) == 0)
                Own.Remove(key);
            else
                Own[key] = random.Next(100);
        }

        public JsonObject Document()
        {
            var document = (JsonObject)Base!.DeepClone();
            document["admin"] = new JsonObject { ["listen"] = "0.0.0.0:2019" };
            var routes = document["routes"] as JsonArray ?? [];
            document.Remove("routes");
            var servers = document["servers"] as JsonObject ?? [];
            document.Remove("servers");
            foreach (var key in servers.Select(item => item.Key).Where(IsOwn).ToList())
                servers.Remove(key);
            foreach (var (key, value) in Own)
                servers[key] = value;
            document["servers"] = servers;
            document["routes"] = new JsonArray([.. routes.Where(route => !IsOwn((string)route!["@id"]!)).Select(route => route!.DeepClone()), .. Own.Select(item => new JsonObject { ["@id"] = item.Key, ["v"] = item.Value })]);
            return document;
        }

        public void CheckIn(JsonNode? document, bool isExact)
        {
            var there = OwnIn(document);
            Assert.Empty(Own.Keys.Except(there.Keys));
            if (isExact)
                Assert.Equal(Own.OrderBy(item => item.Key, StringComparer.Ordinal), there.OrderBy(item => item.Key, StringComparer.Ordinal));
        }

        private Dictionary<string, int> OwnIn(JsonNode? document)
        {
            var servers = (document?["servers"] as JsonObject ?? []).Where(item => IsOwn(item.Key)).ToDictionary(item => item.Key, item => (int)item.Value!);
            var routes = (document?["routes"] as JsonArray ?? []).Where(route => IsOwn((string)route!["@id"]!)).ToDictionary(route => (string)route!["@id"]!, route => (int)route!["v"]!);
            Assert.Equal(servers.OrderBy(item => item.Key, StringComparer.Ordinal), routes.OrderBy(item => item.Key, StringComparer.Ordinal));
            return servers;
        }

        private bool IsOwn(string key) => key.StartsWith(name + "_", StringComparison.Ordinal);
    }
}
