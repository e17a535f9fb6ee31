using L4Proxy.Configuration;

namespace L4Proxy.Providers.HaProxy;

/// <summary>How the servers of a backend are probed.</summary>
internal sealed class HaProxyHealth(HaProxyBlock block, IReadOnlyList<HaProxyServer> servers, HaProxyAgreed agreed)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_most = TimeSpan.FromDays(1);
    private static readonly TimeSpan s_mostTimeout = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_leastInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Reads it. Real connections are watched only where somebody observes them.</summary>
    public L4HealthCheck Read()
    {
        var observed = servers.FirstOrDefault(server => server.Has("observe"));
        if (observed is not null)
            block.Lost(observed.Line, "'observe' counts by 'error-limit'; L4Proxy watches real connections by 'HealthCheck:Passive', with its own numbers.");
        return new()
        {
            Active = Active(),
            Passive = observed is null ? new() { Enabled = false } : null,
            OnMarkedDown = agreed.Of("on-marked-down") == "shutdown-sessions" ? L4OnMarkedDown.Cut : null,
        };
    }

    private L4ActiveHealthCheck? Active()
    {
        var probed = servers.Where(server => server.Has("check")).ToList();
        if (probed.Count == 0)
        {
            // Asked, so that it is not lost: without probes it says nothing.
            Kind(new());
            return null;
        }
        if (probed.Count < servers.Count)
            block.Lost(servers.First(server => !server.Has("check")).Line, "Some servers are not probed, and in L4Proxy all of a cluster are or none.");
        var interval = Duration("inter") ?? s_interval;
        var check = new L4ActiveHealthCheck
        {
            Enabled = true,
            Interval = interval > s_most ? s_most : interval < s_leastInterval ? s_leastInterval : interval,
            Timeout = HaProxyUnits.Clamp(Timeout(interval), s_mostTimeout),
            Rise = Number("rise"),
            Fall = Number("fall"),
        };
        return Kind(agreed.Has("ssl") || agreed.Has("check-ssl") ? check with { Type = L4HealthCheckType.Tls, ServerName = ServerName() } : check);
    }

    // Where only one of both is said it is that, as long as a connect may take.
    private TimeSpan Timeout(TimeSpan interval) =>
        block.Timeout("check") ?? (block.Timeout("connect") is { } connect && connect < interval ? connect : interval);

    private string? ServerName()
    {
        if (agreed.Has("check-ssl") && !agreed.Has("ssl"))
            agreed.Lost("check-ssl", "In L4Proxy probes speak TLS where the cluster does.");
        return agreed.Of("check-sni");
    }

    private TimeSpan? Duration(string option)
    {
        if (agreed.Of(option) is not { } text)
            return null;
        if (HaProxyUnits.TryDuration(text, out var duration))
            return duration;
        agreed.Lost(option, $"'{text}' is no duration.");
        return null;
    }

    private int? Number(string option)
    {
        if (agreed.Of(option) is not { } text)
            return null;
        if (HaProxyUnits.TryNumber(text, out var number) && number is > 0 and <= 100)
            return number;
        agreed.Lost(option, $"'{text}' is not from 1 to 100.");
        return null;
    }

    private L4ActiveHealthCheck Kind(L4ActiveHealthCheck check)
    {
        if (block.Option("httpchk") is { } http)
            return HaProxyHttpCheck.Read(block, http, check);
        if (block.Option("redis-check") is not null)
            return check with { Send = @"*1\r\n$4\r\nPING\r\n", Expect = @"+PONG\r\n" };
        foreach (var name in (string[])["mysql-check", "pgsql-check", "smtpchk", "ldap-check", "ssl-hello-chk", "spop-check", "external-check"])
        {
            if (block.Option(name) is { } option)
                block.Lost(option, $"A probe of L4Proxy does not do what '{name}' does: it connects.");
        }
        // Alone it is a connect, which is what a probe does anyway.
        block.Option("tcp-check");
        return HaProxyTcpCheck.Read(block, check);
    }
}
