using L4Proxy.Configuration;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Nginx;

/// <summary>What <c>allow</c> and <c>deny</c> say in their order: a firewall, or routes that refuse where the order is more than it can say.</summary>
/// <param name="Firewall">It; null where none is needed.</param>
/// <param name="Refused">Whom a route refuses.</param>
internal sealed record NginxAccess(L4Firewall? Firewall, IReadOnlyList<Clause> Refused)
{
    /// <summary>Reads those of a server; null where one of them is wrong, which is said.</summary>
    public static NginxAccess? Read(NginxBlock server)
    {
        var rules = new List<(bool Allows, string Range)>();
        // Both of one level, in their order; those of the level around hold only where there are none.
        foreach (var rule in server.InOrder("allow", "deny"))
        {
            if (rule.First != "all" && !SourceRange.TryRead(rule.First, out _, out _))
            {
                server.Lost(rule.Name.Text, $"'{rule.First}' is no address and no block of them: the server is not carried over, for it would let in whom it should not.");
                return null;
            }
            rules.Add((rule.Name.Text == "allow", rule.First == "all" ? "all" : RangeOf(rule.First)));
        }
        if (rules.Count > SourceSize.MaxRules)
        {
            server.Lost("allow", $"There are more than {SourceSize.MaxRules}: the server is not carried over.");
            return null;
        }
        return Of(rules);
    }

    private static string RangeOf(string text) => SourceRange.TryRead(text, out var range, out _) ? range : text;

    private static NginxAccess Of(List<(bool Allows, string Range)> rules)
    {
        var all = rules.FindIndex(rule => rule.Range == "all");
        var deniesRest = all >= 0 && !rules[all].Allows;
        List<(bool Allows, string Range)> some = [.. all < 0 ? rules : rules.Take(all)];
        var firstAllow = some.FindIndex(rule => rule.Allows);
        var lastDeny = some.FindLastIndex(rule => !rule.Allows);
        var allowed = some.Where(rule => rule.Allows).Select(rule => rule.Range).ToList();
        // Here who is denied is denied, allowed or not: as there where it is said before.
        if (firstAllow < 0 || lastDeny < firstAllow)
        {
            var denied = some.Where(rule => !rule.Allows).Select(rule => rule.Range).ToList();
            if (!deniesRest && denied.Count == 0)
                return new(null, []);
            if (!deniesRest || allowed.Count > 0)
                return new(new() { Allow = deniesRest ? allowed : null, Deny = denied.Count > 0 ? denied : null }, []);
        }
        return new(null, AccessRule.Refused([.. rules.Select(rule => new AccessRule(rule.Allows, rule.Range == "all" ? Clause.Always : Clause.Of(new() { ClientAddresses = [rule.Range] })))]));
    }
}
