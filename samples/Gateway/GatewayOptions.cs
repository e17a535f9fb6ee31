using System.Net;
using L4Proxy.Configuration;

namespace L4Proxy.Gateway;

/// <summary>The section <c>Gateway</c> of a file: what an application says in code. Read at start.</summary>
internal sealed record GatewayOptions
{
    public const string Section = "Gateway";

    // Of keys that are known and cannot be used yet.
    private static readonly string[] s_notYet = ["TakeOver"];
    private static readonly string[] s_known = [nameof(Admin), nameof(AdminToken), nameof(AdminHosts), nameof(AdminOrigins), nameof(Store), nameof(HostsFile), nameof(CaddyApi), nameof(CaddyConfig), nameof(Dashboard), nameof(Docker), nameof(ExpectedState), nameof(TraefikDirectory), nameof(TraefikEntryPoints), nameof(Prometheus)];

    private static readonly string[] s_servedOnAdmin = [nameof(CaddyApi), nameof(Dashboard), nameof(Prometheus)];

    /// <summary>What the admin API listens on: <c>http://127.0.0.1:2019</c>; null is no API.</summary>
    public Uri? Admin { get; init; }

    /// <summary>Who says it may use the API from anywhere; without it this machine may.</summary>
    public string? AdminToken { get; init; }

    /// <summary>Hosts that a request of the API may be for.</summary>
    public IReadOnlyList<string> AdminHosts { get; init; } = [];

    /// <summary>Origins of pages that may use the API.</summary>
    public IReadOnlyList<string> AdminOrigins { get; init; } = [];

    /// <summary>Where the API keeps what it is told: <c>sqlite:routes.db</c> or <c>postgres:Host=…</c>; null is in memory.</summary>
    public string? Store { get; init; }

    /// <summary>Where the names of records are written, for a name server.</summary>
    public string? HostsFile { get; init; }

    /// <summary>Whether <see cref="Admin"/> serves Caddy's admin API as well.</summary>
    public bool CaddyApi { get; init; }

    /// <summary>Whether <see cref="Admin"/> serves the dashboard at <c>/l4proxy/ui</c>.</summary>
    public bool Dashboard { get; init; }

    /// <summary>A file of Caddy's that is followed; null is none.</summary>
    public string? CaddyConfig { get; init; }

    /// <summary>Traefik's dynamic files, a directory or one file; null is none.</summary>
    public string? TraefikDirectory { get; init; }

    /// <summary>Where Traefik's entry points listen, by their names.</summary>
    public IReadOnlyDictionary<string, string> TraefikEntryPoints { get; init; } = new Dictionary<string, string>();

    /// <summary>The Docker Engine whose containers' labels are routes; null is none.</summary>
    public Uri? Docker { get; init; }

    /// <summary>Where a control plane says what is to be routed; null is nowhere.</summary>
    public Uri? ExpectedState { get; init; }

    /// <summary>Whether <see cref="Admin"/> serves the metrics at <c>/metrics</c>, as Prometheus reads them.</summary>
    public bool Prometheus { get; init; }

    /// <summary>The address of <see cref="Admin"/>.</summary>
    public IPAddress AdminAddress => Admin is { IdnHost: not "localhost" } ? IPAddress.Parse(Admin.IdnHost) : IPAddress.Loopback;

    /// <summary>Reads the section.</summary>
    public static GatewayOptions Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        return new()
        {
            Admin = Uri.TryCreate(section[nameof(Admin)], UriKind.Absolute, out var url) ? url : null,
            AdminToken = section[nameof(AdminToken)],
            AdminHosts = ListOf(section, nameof(AdminHosts)),
            AdminOrigins = ListOf(section, nameof(AdminOrigins)),
            Store = section[nameof(Store)],
            HostsFile = section[nameof(HostsFile)],
            CaddyApi = IsOn(section, nameof(CaddyApi)),
            CaddyConfig = section[nameof(CaddyConfig)],
            Dashboard = IsOn(section, nameof(Dashboard)),
            TraefikDirectory = section[nameof(TraefikDirectory)],
            TraefikEntryPoints = section.GetSection(nameof(TraefikEntryPoints)).GetChildren().Where(item => item.Value is not null).ToDictionary(item => item.Key, item => item.Value!),
            Docker = Uri.TryCreate(section[nameof(Docker)], UriKind.Absolute, out var docker) ? docker : null,
            ExpectedState = Uri.TryCreate(section[nameof(ExpectedState)], UriKind.Absolute, out var expected) ? expected : null,
            Prometheus = IsOn(section, nameof(Prometheus)),
        };
    }

    /// <summary>What is wrong with the section.</summary>
    public static IEnumerable<L4ConfigError> Check(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        foreach (var key in section.GetChildren().Select(child => child.Key))
        {
            if (s_notYet.Contains(key, StringComparer.OrdinalIgnoreCase))
                yield return new($"{Section}:{key}", "not supported yet");
            else if (!s_known.Contains(key, StringComparer.OrdinalIgnoreCase))
                yield return new($"{Section}:{key}", $"Unknown key; known are {string.Join(", ", s_known)}");
        }
        if (section[nameof(Store)] is { } store && GatewayStore.FindError(store) is { } wrong)
            yield return new($"{Section}:{nameof(Store)}", wrong);
        foreach (var key in s_servedOnAdmin)
        {
            if (section[key] is { } value && !bool.TryParse(value, out _))
                yield return new($"{Section}:{key}", $"'{value}' is neither true nor false");
        }
        if (section[nameof(Docker)] is { } docker && !(Uri.TryCreate(docker, UriKind.Absolute, out var engine) && engine.Scheme is "unix" or "tcp" or "http" or "https"))
            yield return new($"{Section}:{nameof(Docker)}", $"'{docker}' is not like unix:///var/run/docker.sock or tcp://host:2375");
        if (section[nameof(ExpectedState)] is { } expected && !(Uri.TryCreate(expected, UriKind.Absolute, out var state) && state.Scheme is "http" or "https"))
            yield return new($"{Section}:{nameof(ExpectedState)}", $"'{expected}' is not like https://control.example.com/expected-state");
        if (section[nameof(Admin)] is not { } admin)
        {
            foreach (var key in s_servedOnAdmin.Where(key => IsOn(section, key)))
                yield return new($"{Section}:{key}", $"It is served on '{nameof(Admin)}', which is missing");
            yield break;
        }
        if (!Uri.TryCreate(admin, UriKind.Absolute, out var url) || url.Scheme != Uri.UriSchemeHttp || url.PathAndQuery != "/" || !IsAddress(url.IdnHost))
            yield return new($"{Section}:{nameof(Admin)}", $"'{admin}' is not like http://127.0.0.1:2019");
        else if (!url.IsLoopback && string.IsNullOrEmpty(section[nameof(AdminToken)]))
            yield return new($"{Section}:{nameof(AdminToken)}", $"The API at {admin} is open to others: it needs a token");
    }

    private static bool IsOn(IConfigurationSection section, string key) => bool.TryParse(section[key], out var isOn) && isOn;

    private static IReadOnlyList<string> ListOf(IConfigurationSection section, string key) => [.. section.GetSection(key).GetChildren().Select(item => item.Value).OfType<string>()];

    private static bool IsAddress(string host) => host == "localhost" || IPAddress.TryParse(host, out _);
}
