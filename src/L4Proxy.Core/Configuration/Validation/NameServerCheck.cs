using L4Proxy.Configuration.Reading;
using L4Proxy.Destinations.NameServers;

namespace L4Proxy.Configuration.Validation;

/// <summary>Name servers, of the section and of clusters.</summary>
internal static class NameServerCheck
{
    // Each has its part of the time that a lookup may take.
    private const int MaxServers = 16;

    /// <summary>Checks what is said of them, if anything is.</summary>
    public static void Check(L4Dns? dns, ConfigPath path, Findings findings)
    {
        var servers = dns?.Servers ?? [];
        for (var i = 0; i < servers.Count; i++)
        {
            if (servers[i] is { } text && !NameServerList.TryParse(text, out _, out var error))
                findings.Error(path["Servers"][i], Quote.Plain(error, maxLength: 512));
        }
        if (servers.Count > MaxServers)
            findings.Error(path["Servers"], $"There are {servers.Count} name servers; {MaxServers} are the most.");
    }
}
