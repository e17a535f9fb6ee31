using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.ExpectedState;

/// <summary>
/// A document of a control plane: <c>httpRoutes</c> or <c>routes</c>, <c>tcpRoutes</c>, <c>udpRoutes</c> and <c>certificates</c>, at the top or below <c>traefik</c>; or a section
/// <c>L4Proxy</c> of our own. What else is in it is not for us.
/// </summary>
internal sealed class ExpectedStateDocument
{
    private const int DefaultWeight = 1;
    private const int MaxWeight = 1000;

    private readonly ImportNotes _notes = new();
    private readonly ImportedConfig _config = new();
    private readonly ExpectedStateFiles _files;
    private readonly L4ExpectedStateOptions _options;

    private ExpectedStateDocument(ExpectedStateFiles files, L4ExpectedStateOptions options) => (_files, _options) = (files, options);

    /// <summary>Reads one. It never throws.</summary>
    /// <param name="utf8Json">It.</param>
    /// <param name="files">Where its certificates go.</param>
    /// <param name="options">Which ports HTTP has.</param>
    public static L4ImportResult Parse(ReadOnlyMemory<byte> utf8Json, ExpectedStateFiles files, L4ExpectedStateOptions options) => new ExpectedStateDocument(files, options).Read(utf8Json);

    /// <summary>A hash that does not depend on the order of keys, nor of lists: a control plane that reads its database in another order has changed nothing. Empty for what is no JSON.</summary>
    public static string HashOf(ReadOnlyMemory<byte> utf8Json)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8Json);
            return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Canonical(document.RootElement))));
        }
        catch (JsonException)
        {
            return "";
        }
    }

    /// <summary>The ids of rollouts that wait until the document is in force.</summary>
    public static IReadOnlyList<string> RolloutsOf(ReadOnlyMemory<byte> utf8Json)
    {
        using var document = JsonDocument.Parse(utf8Json);
        return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("routingSyncRolloutIds", out var ids) && ids.ValueKind == JsonValueKind.Array
            ? [.. ids.EnumerateArray().Where(id => id.ValueKind == JsonValueKind.String).Select(id => id.GetString()!)]
            : [];
    }

    private static string Canonical(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => $"{{{string.Join(',', value.EnumerateObject().OrderBy(item => item.Name, StringComparer.Ordinal).Select(item => $"{JsonSerializer.Serialize(item.Name)}:{Canonical(item.Value)}"))}}}",
        JsonValueKind.Array => $"[{string.Join(',', value.EnumerateArray().Select(Canonical).Order(StringComparer.Ordinal))}]",
        JsonValueKind.String => JsonSerializer.Serialize(value.GetString()),
        JsonValueKind.Number when value.TryGetDecimal(out var number) => number.ToString("G29", CultureInfo.InvariantCulture),
        _ => value.GetRawText(),
    };

    private L4ImportResult Read(ReadOnlyMemory<byte> utf8Json)
    {
        if (SourceObject.Parse(utf8Json, _notes) is not { } document)
            return _notes.Result(new L4Config());
        if (document.Keys.Contains(ConfigReader.SectionName))
        {
            var own = ConfigReader.ParseFile(utf8Json, "the document");
            return new(own.Config, own.Errors, own.Warnings);
        }
        var routing = document.Object("traefik") ?? document;
        var certificates = ReadCertificates(routing);
        foreach (var route in routing.Objects("tcpRoutes"))
            ReadPort(route, isUdp: false);
        foreach (var route in routing.Objects("udpRoutes"))
            ReadPort(route, isUdp: true);
        foreach (var route in routing.Objects("httpRoutes").Concat(routing.Objects("routes")))
            ReadHttp(route, certificates);
        if (routing.Object("challengeRoute") is { } challenge)
            challenge.LeftOut("Certificates are the control plane's to get: its challenges do not come by here.");
        return _notes.Result(_config.Build());
    }

    private Dictionary<string, L4Certificate> ReadCertificates(SourceObject routing)
    {
        var certificates = new Dictionary<string, L4Certificate>(StringComparer.OrdinalIgnoreCase);
        foreach (var item in routing.Objects("certificates"))
        {
            if ((item.Text("domain"), item.Text("certificate"), item.Text("certificateKey")) is not ({ Length: > 0 } domain, { } certificate, { } key))
                item.Lost("domain", "A certificate has 'domain', 'certificate' and 'certificateKey'.");
            else if (_files.Keep(domain, certificate, key) is not { } kept)
                item.Lost("certificate", "There is no place for it: 'StateFile' says where.");
            else
                certificates[domain] = kept;
        }
        return certificates;
    }

    private void ReadPort(SourceObject route, bool isUdp)
    {
        var id = IdOf(route);
        var name = route.Text("sniHostname") ?? route.Text("sni");
        var port = route.Number("externalPort");
        // Its port is its own: who speaks no TLS there is the destination's to refuse.
        route.Flag("tlsPassthrough");
        if (port is null or < 1 or > ushort.MaxValue)
            route.Lost("externalPort", "A route has a port, 1 to 65535.");
        else if (isUdp && name is not null)
            route.Lost("sni", "Datagrams have no such name.");
        else if (Cluster(route) is { } cluster)
        {
            _config.Route(id, new()
            {
                Endpoints = [Endpoint(isUdp ? "udp" : "tcp", (int)port)],
                Match = name is null or "*" ? null : new() { Sni = [name] },
                ClusterId = _config.Cluster(id, cluster),
            });
        }
    }

    private void ReadHttp(SourceObject route, Dictionary<string, L4Certificate> certificates)
    {
        var id = IdOf(route);
        if (route.Text("domain") is not { Length: > 0 } domain)
        {
            route.Lost("domain", "A route of HTTP has the name that it serves.");
            return;
        }
        if (Cluster(route) is not { } cluster)
            return;
        var certificate = certificates.GetValueOrDefault(domain) ?? certificates.GetValueOrDefault($"*{domain[Math.Max(0, domain.IndexOf('.', StringComparison.Ordinal))..]}");
        _config.Route(id, new()
        {
            Endpoints = [Endpoint("tcp", certificate is null ? _options.HttpPort : _options.HttpsPort)],
            Mode = L4RouteMode.L7,
            Match = new() { Sni = [domain] },
            ClusterId = _config.Cluster(id, cluster),
            Certificate = certificate,
        });
    }

    private string Endpoint(string scheme, int port) =>
        _config.Endpoint(string.Create(CultureInfo.InvariantCulture, $"{scheme}-{port}"), new() { Url = string.Create(CultureInfo.InvariantCulture, $"{scheme}://*:{port}") });

    private static string IdOf(SourceObject route)
    {
        route.Text("serviceId");
        return route.Text("id") ?? route.Path;
    }

    private static L4Cluster? Cluster(SourceObject route)
    {
        var destinations = new Dictionary<string, L4Destination>();
        foreach (var (address, weight) in UpstreamsOf(route).OrderBy(upstream => upstream.Address, StringComparer.Ordinal))
            destinations[$"d{destinations.Count + 1}"] = new() { Address = address, Weight = weight == DefaultWeight ? null : weight };
        if (destinations.Count > 0)
            return new() { Destinations = destinations };
        route.Lost("upstreams", "There is nowhere to go.");
        return null;
    }

    /// <summary>Texts, or objects with a weight.</summary>
    private static IEnumerable<(string Address, int Weight)> UpstreamsOf(SourceObject route)
    {
        if (route.IsListOfTexts("upstreams"))
            return (route.Texts("upstreams") ?? []).Select(address => (address, DefaultWeight));
        return route.Objects("upstreams").Select(upstream => (Address: upstream.Text("url") ?? upstream.Text("address") ?? "", Weight: (int)Math.Clamp(upstream.Number("weight") ?? DefaultWeight, 0, MaxWeight)))
            .Select(upstream => upstream with { Address = upstream.Address.Replace("http://", "", StringComparison.Ordinal) });
    }
}
