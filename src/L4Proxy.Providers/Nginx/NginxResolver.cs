using System.Net;
using L4Proxy.Configuration;

namespace L4Proxy.Providers.Nginx;

/// <summary>Name servers, as <c>resolver</c> says them.</summary>
internal static class NginxResolver
{
    /// <summary>Reads those that hold for a block; null where there are none.</summary>
    public static L4Dns? Read(NginxBlock block)
    {
        var (resolver, timeout) = (block.One("resolver"), block.Duration("resolver_timeout"));
        if (resolver is null)
            return null;
        TimeSpan? valid = null;
        var servers = new List<string>();
        foreach (var argument in resolver.Arguments)
        {
            if (argument.StartsWith("valid=", StringComparison.Ordinal) && NginxUnits.TryDuration(argument[6..], out var duration) && duration >= TimeSpan.FromSeconds(1) && duration <= TimeSpan.FromDays(1))
                valid = duration;
            else if (IPAddress.TryParse(argument, out _) || IPEndPoint.TryParse(argument, out _))
                servers.Add(argument);
            else if (!argument.StartsWith("status_zone=", StringComparison.Ordinal))
                block.Lost("resolver", $"'{argument}' is not known here: addresses of name servers and 'valid=' are. The family of addresses is 'Socket:AddressFamily' of a cluster here.");
        }
        return servers.Count == 0 ? null : new()
        {
            Servers = servers,
            RefreshInterval = valid,
            Timeout = timeout is { } time && time > TimeSpan.Zero && time <= TimeSpan.FromMinutes(1) ? time : null,
        };
    }
}
