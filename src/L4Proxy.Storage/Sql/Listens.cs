using System.Text.Json;
using L4Proxy.Configuration;
using L4Proxy.Store;

namespace L4Proxy.Storage.Sql;

/// <summary>The ports that an endpoint's <c>Url</c> says: those that no other may say.</summary>
internal static class Listens
{
    /// <summary>They, as rows. None of a Unix socket, a descriptor, Kestrel's, or what cannot be read.</summary>
    public static IEnumerable<Action<Utf8JsonWriter>> Of(StoreItem endpoint) => PortsOf(endpoint).Select(listen => new Action<Utf8JsonWriter>(json =>
    {
        json.WriteString("id", endpoint.Id);
        json.WriteString("protocol", listen.Protocol);
        json.WriteString("address", listen.Address);
        json.WriteNumber("port", listen.Port);
    }));

    /// <summary>They.</summary>
    public static IEnumerable<(string Protocol, string Address, int Port)> PortsOf(StoreItem endpoint)
    {
        using var body = ItemColumns.Parse(endpoint);
        if (ItemColumns.Text(body.RootElement, "url") is not { } text || !EndpointUrl.TryParse(text, out var url, out _) || url.Host == EndpointHost.None || url.Ports.Low == 0)
            return [];
        var (protocol, address) = (url.IsUdp ? "udp" : "tcp", url.Host switch
        {
            EndpointHost.Any => "*",
            EndpointHost.Localhost => "localhost",
            _ => url.Address!.ToString(),
        });
        return Enumerable.Range(url.Ports.Low, url.Ports.High - url.Ports.Low + 1).Select(port => (protocol, address, port));
    }
}
