using L4Proxy.Configuration;
using L4Proxy.Providers.Http;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Traefik;

/// <summary>Middlewares of HTTP, of which L4Proxy has a list of addresses, changes of headers, redirects and changes of paths, and no other.</summary>
internal sealed class TraefikHttpMiddlewares(TraefikSources sources)
{
    private const string Headers = "headers";

    // Without them a request goes to the same place, as the same client.
    private static readonly HashSet<string> s_mayBeMissing = new(StringComparer.OrdinalIgnoreCase)
        { Headers, "compress", "buffering", "retry", "contentType", "circuitBreaker", "errors", "grpcWeb" };

    private readonly HashSet<string> _used = new(StringComparer.Ordinal);
    private readonly HashSet<string> _said = new(StringComparer.Ordinal);

    /// <summary>Adds those of a router; one without which requests would go elsewhere, or come from others, is lost.</summary>
    public void Add(TraefikItem router, ref L4Route route)
    {
        foreach (var reference in router.Source.Texts("middlewares") ?? [])
        {
            if (sources.Find("http.middlewares", reference, out var error) is { } middleware)
                Add(router, middleware, ref route);
            else
                router.Source.Lost("middlewares", error);
        }
    }

    /// <summary>Says of all that no router names that they were left out: what Traefik does with them is not in these files.</summary>
    public void SayUnused()
    {
        foreach (var middleware in sources.All("http.middlewares").Where(middleware => !_used.Contains(middleware.Name)))
            middleware.Source.LeftOut("", "No router of these files has it, and so it is left out.");
    }

    private void Add(TraefikItem router, TraefikItem middleware, ref L4Route route)
    {
        _used.Add(middleware.Name);
        if ((middleware.Source.Object("ipAllowList") ?? middleware.Source.Object("ipWhiteList")) is { } list)
        {
            if (!TraefikTcpMiddlewares.TryAllow(list, ref route))
                router.Source.Lost("middlewares", $"'{middleware.Name}' is not carried over, and so the router is not.");
        }
        else if (TraefikRequestMiddlewares.IsOne(middleware))
        {
            if (!TraefikRequestMiddlewares.TryAdd(middleware, ref route))
                router.Source.Lost("middlewares", $"'{middleware.Name}' is not carried over, and so the router is not.");
        }
        else if (middleware.Source.Keys.All(key => key.Equals(Headers, StringComparison.OrdinalIgnoreCase)) && middleware.Source.Object(Headers) is { } headers && TryChange(headers, ref route))
        {
            headers.LeftOut("Headers here are 'customRequestHeaders' and 'customResponseHeaders'.");
        }
        else if (!middleware.Source.Keys.All(s_mayBeMissing.Contains) || ChangesHost(middleware))
        {
            router.Source.Lost("middlewares", $"Nothing in L4Proxy is like '{middleware.Name}' ({string.Join(", ", middleware.Source.Keys)}), and so the router is not carried over.");
        }
        else if (_said.Add(middleware.Name))
        {
            middleware.Source.LeftOut("", "Routers go without it.");
        }
    }

    /// <summary>Headers that are set, or with an empty value taken away; not where one of them cannot be.</summary>
    private static bool TryChange(SourceObject headers, ref L4Route route)
    {
        var changed = route;
        foreach (var (key, of) in ((string, string)[])[("customRequestHeaders", HeaderChanges.Request), ("customResponseHeaders", HeaderChanges.Response)])
        {
            var custom = headers.Object(key);
            foreach (var name in custom?.Keys ?? [])
            {
                if (custom!.Text(name) is not { } value || !HeaderChanges.TryPut(ref changed, of, value.Length == 0 ? HeaderChanges.Remove : HeaderChanges.Set, name, value))
                    return false;
            }
        }
        route = changed;
        return true;
    }

    private static bool ChangesHost(TraefikItem middleware) =>
        middleware.Source.Object("headers")?.Object("customRequestHeaders")?.Keys.Contains("Host", StringComparer.OrdinalIgnoreCase) == true;
}
