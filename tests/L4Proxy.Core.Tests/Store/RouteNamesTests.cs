using CsCheck;
using L4Proxy.Configuration;
using L4Proxy.Store;

namespace L4Proxy.Core.Tests.Store;

public sealed class RouteNamesTests
{
    private static readonly string[] s_names = ["a.test", "A.Test", "a.test.", "b.test", "*.b.test", "{x}.test", "", "c.test"];

    [Fact]
    public void What_is_carried_on_is_what_looking_through_all_finds() => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            var routes = new Dictionary<string, L4Route>();
            var names = new RouteNames(routes);
            for (var step = 0; step < 20; step++)
            {
                var id = $"r{random.Next(4)}";
                var before = routes.GetValueOrDefault(id);
                L4Route? after = random.Next(3) == 0 ? null : new() { Match = new() { Sni = random.GetItems(s_names, random.Next(3)), Host = random.Next(2) == 0 ? null : random.GetItems(s_names, 1) } };
                if (after is null)
                    routes.Remove(id);
                else
                    routes[id] = after;
                names = names.With([(id, before, after)]);
                foreach (var name in s_names)
                    Assert.Equal(new RouteNames(routes)[name].Order(), names[name].Order());
            }
            Assert.Equal(routes.Where(item => RouteNames.Of(item.Value).Contains("A.TEST", StringComparer.OrdinalIgnoreCase)).Select(item => item.Key).Order(), names["a.test"].Order());
        },
        iter: 200);
}
