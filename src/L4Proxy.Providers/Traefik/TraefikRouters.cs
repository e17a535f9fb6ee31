using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Traefik;

/// <summary>All routers: what they are on and what they lead to.</summary>
/// <param name="sources">What the files say.</param>
/// <param name="entryPoints">Where entry points listen.</param>
/// <param name="config">Takes them.</param>
internal sealed class TraefikRouters(TraefikSources sources, TraefikEntryPoints entryPoints, ImportedConfig config)
{
    public void Read()
    {
        var places = new TraefikPlaces(sources, entryPoints);
        var services = new TraefikServices(sources, config);
        var certificates = new TraefikCertificates(sources);
        new TraefikTcp(places, services, new(sources), certificates, config).Read(sources.All("tcp.routers"));
        new TraefikUdp(places, services, config).Read(sources.All("udp.routers"));
        var middlewares = new TraefikHttpMiddlewares(sources);
        new TraefikHttp(places, services, middlewares, certificates, config).Read(sources.All("http.routers"));
        middlewares.SayUnused();
        certificates.Certify(config);
        config.DropUnused();
    }
}
