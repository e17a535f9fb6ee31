using L4Proxy.Configuration;

namespace L4Proxy.Providers.HaProxy;

/// <summary>How a server is picked.</summary>
internal static class HaProxyBalance
{
    /// <summary>Reads it, into a cluster without anything else.</summary>
    public static L4Cluster Read(HaProxyBlock block, int servers)
    {
        var (line, factor) = (block.One("balance"), block.Number("hash-balance-factor"));
        // Both spread alike; which client is whose differs anyway.
        block.One("hash-type");
        var (policy, hashOn) = line is null ? ("RoundRobin", null) : Policy(block, line);
        if (servers == 1)
            return new();
        return new() { LoadBalancingPolicy = policy, HashOn = hashOn, HashBalanceFactor = policy == "Hash" && factor is > 0 ? Math.Min(factor.Value, 65535) : null };
    }

    private static (string Policy, L4HashOn? HashOn) Policy(HaProxyBlock block, HaProxyLine line)
    {
        switch (line[1])
        {
            case "roundrobin" or "static-rr":
                return ("RoundRobin", null);
            case "leastconn":
                return ("LeastConnections", null);
            case "first":
                return ("First", null);
            case "source":
                return ("Hash", null);
            case "random" or "random(2)":
                return ("PowerOfTwoChoices", null);
            case "random(1)":
                return ("Random", null);
            case "hash" when line[2] == "src":
                return ("Hash", null);
            case "hash" when line[2] is "req.ssl_sni" or "req_ssl_sni" or "ssl_fc_sni":
                return ("Hash", L4HashOn.Sni);
            default:
                block.Lost(line, $"L4Proxy does not pick as '{line}' does: each in turn.");
                return ("RoundRobin", null);
        }
    }
}
