using L4Proxy;

namespace Snippets;

/// <summary>The admin API of an app, and its store.</summary>
internal static class Api
{
    public static void Add(WebApplicationBuilder builder)
    {
        builder.Services.AddL4Proxy();
        builder.Services.AddL4ProxySqliteStore("routes.db");     // L4Proxy.Storage; without a store it is kept in memory

        var app = builder.Build();
        app.MapL4ProxyApi();                                     // /l4proxy/v1/…, and a page at /l4proxy/docs
    }

    public static void AddStore(WebApplicationBuilder builder)
    {
        builder.Services.AddL4Proxy();
        builder.Services.AddL4ProxyStore("sqlite:routes.db", builder.Environment.ContentRootPath);
    }

    public static void AddOther(WebApplicationBuilder builder)
    {
        builder.Services.AddL4ProxySqliteStore("/var/lib/l4proxy/routes.db");
        builder.Services.AddL4ProxyPostgresStore("Host=db-a,db-b;Database=l4proxy;Username=l4proxy;Password=…", cachePath: "/var/lib/l4proxy/store.cache");
    }

    public static async Task BackUpAsync(WebApplication app)
    {
        await app.Services.GetRequiredService<IL4StoreBackup>().BackupAsync("/backup/routes.db");
    }
}
