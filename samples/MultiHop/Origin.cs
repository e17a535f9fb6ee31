namespace L4Proxy.MultiHop;

/// <summary>What only the edge reaches: TLS ends here, and each request goes to the web application.</summary>
internal static class Origin
{
    public static async Task<int> RunAsync()
    {
        OriginCertificate.CreateWhereMissing("www.example.com", "origin.pem", "origin.key");
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddJsonFile("origin.json", optional: false, reloadOnChange: true);
        builder.Services.AddReverseProxy();
        builder.Services.AddL4Proxy(hosting => hosting.BindDefaultAddress = false);
        await using var app = builder.Build();
        app.MapReverseProxy();
        await using var web = await WebBackend.StartAsync(builder.Configuration["L4Proxy:Clusters:web:Destinations:a:Address"]!);

        await app.StartAsync();
        var edge = EdgeProcess.RunAsync(app.Lifetime);
        await app.WaitForShutdownAsync();
        return await edge;
    }
}
