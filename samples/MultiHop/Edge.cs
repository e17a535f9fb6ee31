namespace L4Proxy.MultiHop;

/// <summary>What clients reach: it has no certificate, and no web server.</summary>
internal static class Edge
{
    public static async Task<int> RunAsync()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddJsonFile("edge.json", optional: false, reloadOnChange: true);
        builder.Services.AddL4Proxy();
        using var host = builder.Build();

        await host.StartAsync();
        Console.WriteLine(Lines(builder.Configuration["L4Proxy:Endpoints:https:Url"]!));
        _ = EndWithOriginAsync(host.Services.GetRequiredService<IHostApplicationLifetime>());
        await host.WaitForShutdownAsync();
        return 0;
    }

    /// <summary>The origin holds the other end of standard input for as long as it lives.</summary>
    private static async Task EndWithOriginAsync(IHostApplicationLifetime lifetime)
    {
        await Console.OpenStandardInput().CopyToAsync(Stream.Null);
        lifetime.StopApplication();
    }

    private static string Lines(string url)
    {
        var port = new Uri(url).Port;
        var curl = $"curl -sk --resolve www.example.com:{port}:127.0.0.1 https://www.example.com:{port}/";
        return $"""

            The edge listens on {url}, the origin behind it. Try:

              # the web application is told who you are, by two proxies that tell each other
              {curl}
              {curl} --interface 127.0.0.5
              {curl} --http1.1

              # the origin's firewall denies this client, which only the edge has seen
              {curl} --interface 127.0.0.66 -S

            Ctrl+C ends both.
            """;
    }
}
