using L4Proxy.Configuration;

namespace L4Proxy.Providers.Nginx;

/// <summary><c>limit_conn</c>: how many connections each client may have.</summary>
internal sealed class NginxLimits
{
    private readonly Dictionary<string, string> _keys = new(StringComparer.Ordinal);
    private readonly HashSet<(NginxBlock Server, string Zone)> _said = [];
    private readonly Dictionary<string, NginxBlock> _users = new(StringComparer.Ordinal);

    /// <summary>Reads the zones of a block.</summary>
    public void Read(IReadOnlyList<NginxDirective> zones)
    {
        foreach (var zone in zones)
        {
            if (zone.Arguments is [var key, var named, ..] && named.StartsWith("zone=", StringComparison.Ordinal))
                _keys[named[5..].Split(':')[0]] = key;
        }
    }

    /// <summary>Reads the limits of a server; null where there are none.</summary>
    public L4Limits? Read(NginxBlock server)
    {
        L4Limits? limits = null;
        if (server.IsOn("limit_conn_dry_run"))
            return null;
        foreach (var limit in server.All("limit_conn"))
        {
            if (limit.Arguments is not [var zone, var number] || !NginxUnits.TryNumber(number, out var most) || most is 0 or > 10_000_000)
                Lost(server, limit.First, $"'{limit}' is no limit.");
            else if (_keys.GetValueOrDefault(zone) is not ("$binary_remote_addr" or "$remote_addr"))
                Lost(server, zone, $"The zone '{zone}' does not count by the client's address: L4Proxy counts clients.");
            else
            {
                limits = new() { MaxConnectionsPerClient = most };
                if (_users.TryGetValue(zone, out var other) && other != server)
                    Lost(server, zone, $"The zone '{zone}' counts over several servers, and L4Proxy counts on each endpoint.");
                _users.TryAdd(zone, server);
            }
        }
        return limits;
    }

    // A server is asked for each of its addresses.
    private void Lost(NginxBlock server, string zone, string message)
    {
        if (_said.Add((server, zone)))
            server.Lost("limit_conn", message);
    }
}
