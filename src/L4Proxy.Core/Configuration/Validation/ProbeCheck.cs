using L4Proxy.Configuration.Reading;
using L4Proxy.Destinations;
using L4Proxy.Destinations.Health.Probing;

namespace L4Proxy.Configuration.Validation;

/// <summary>Active health checks: what they send, and where.</summary>
internal static class ProbeCheck
{
    /// <summary>Checks every cluster.</summary>
    public static void Check(ConfigGraph graph, ConfigPath path, Findings findings)
    {
        foreach (var (id, cluster) in graph.NewClusters)
        {
            var check = cluster.HealthCheck?.Active;
            if (check is { Enabled: null })
                findings.Warning(path[id]["HealthCheck"]["Active"]["Enabled"], "Nothing is probed unless this is true.");
            if (check is not null)
                Check(check, cluster, path[id]["HealthCheck"]["Active"], findings);
            var isOn = L4ActiveHealthCheck.Keys.Enabled.Of(check);
            if (isOn && check!.Type is null && graph.LeadsUdpOnly(id) && cluster.Destinations?.Values.Any(destination => destination?.HealthAddress is null) == true)
                findings.Warning(path[id]["HealthCheck"]["Active"]["Type"], "Only UDP routes lead here, and probes connect over TCP: say 'Udp', or 'Tcp' if that is meant.");
            foreach (var (destination, address) in graph.Addresses[id])
            {
                var config = cluster.Destinations![destination];
                var place = path[id]["Destinations"][destination]["HealthAddress"];
                if (config.HealthAddress is null && isOn)
                    CheckAddress(check!, address, place, findings);
                if (graph.HealthAddresses.GetValueOrDefault(config) is { } own)
                    CheckOwnAddress(check, own, place, findings);
                if (config.HealthAddress is not null && !isOn)
                    findings.Warning(place, "It says nothing without 'HealthCheck:Active' of the cluster, with 'Enabled' true.");
            }
        }
    }

    private static void Check(L4ActiveHealthCheck check, L4Cluster cluster, ConfigPath path, Findings findings)
    {
        var type = L4ActiveHealthCheck.Keys.Type.Of(check);
        if (type == L4HealthCheckType.Http)
            CheckTarget(check.Send, path["Send"], findings);
        else
            CheckText(check.Send, path["Send"], findings);
        CheckText(check.Expect, path["Expect"], findings);
        CheckServerName(check, type, cluster, path["ServerName"], findings);
        if (type == L4HealthCheckType.Agent && check.Expect is not null)
            findings.Warning(path["Expect"], "It says nothing here: an agent's words are known.");
        if (type == L4HealthCheckType.Tcp && cluster.Tls is not null && (check.Send ?? check.Expect) is not null)
            findings.Warning(path["Type"], "The cluster speaks TLS, and this is sent and awaited in plaintext; 'Tls' is within TLS.");
    }

    private static void CheckText(string? text, ConfigPath path, Findings findings)
    {
        if (text is not null && !ProbeText.TryRead(text, out _, out var error))
            findings.Error(path, Quote.Plain(error, maxLength: 512));
    }

    private static void CheckTarget(string? target, ConfigPath path, Findings findings)
    {
        if (target is not null && (!target.StartsWith('/') || target.Length > ProbeText.MaxBytes || target.AsSpan().ContainsAnyExceptInRange('!', '~')
            || target.Contains('#', StringComparison.Ordinal)))
            findings.Error(path, $"For 'Http' this is the path, as in '/healthz?deep=1': printable ASCII without blanks or '#', {ProbeText.MaxBytes} characters at the most.");
    }

    private static void CheckServerName(L4ActiveHealthCheck check, L4HealthCheckType type, L4Cluster cluster, ConfigPath path, Findings findings)
    {
        var asks = type is L4HealthCheckType.Tls or L4HealthCheckType.Http;
        if (check.ServerName is null)
        {
            if (asks && cluster.Tls?.ServerName is { } text && HostTemplate.TryParse(text, out var template, out _) && template.CaptureNames.Count > 0)
                findings.Error(path, "The cluster's 'Tls:ServerName' depends on the connection, and a probe is none: say which name it asks for.");
            return;
        }

        if (!HostTemplate.TryParseNameOrAddress(check.ServerName, out var name, out var error))
            findings.Error(path, Quote.Plain(error, maxLength: 512));
        else if (name.CaptureNames.Count > 0)
            findings.Error(path, "A probe has no captures: say one name.");
        if (!asks)
            findings.Warning(path, "It says nothing here: only probes of type 'Tls' and 'Http' ask for a name.");
    }

    private static void CheckAddress(L4ActiveHealthCheck check, DestinationAddress address, ConfigPath path, Findings findings)
    {
        if (address.IsTemplate)
            findings.Error(path, $"'{address}' depends on the connection, so there is nothing to probe: say here where, or leave 'HealthCheck:Active' out.");
        CheckDatagrams(check, address, path, findings);
    }

    private static void CheckOwnAddress(L4ActiveHealthCheck? check, DestinationAddress address, ConfigPath path, Findings findings)
    {
        if (address.IsTemplate)
            findings.Error(path, "A probe has no captures and no port that was connected to: write a host and a number.");
        if (address.Kind is not (DestinationAddressKind.Host or DestinationAddressKind.Ip or DestinationAddressKind.Unix))
            findings.Error(path, "Write 'host:port', '[v6]:port' or 'unix:/path'.");
        CheckDatagrams(check, address, path, findings);
    }

    private static void CheckDatagrams(L4ActiveHealthCheck? check, DestinationAddress address, ConfigPath path, Findings findings)
    {
        if (check?.Type == L4HealthCheckType.Udp && address.Kind == DestinationAddressKind.Unix)
            findings.Error(path, "A Unix socket is a stream, and the probe is a datagram: say here where to send it.");
    }
}
