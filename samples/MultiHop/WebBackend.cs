using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace L4Proxy.MultiHop;

/// <summary>A web application that speaks HTTP/2 without TLS (h2c), and has never heard of proxies; it answers with what it was told of the client.</summary>
internal static class WebBackend
{
    public static async Task<WebApplication> StartAsync(string address)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPEndPoint.Parse(address), listen => listen.Protocols = HttpProtocols.Http2));
        var app = builder.Build();
        app.Run(AnswerAsync);
        await app.StartAsync();
        return app;
    }

    private static Task AnswerAsync(HttpContext context)
    {
        var (request, told) = (context.Request, context.Request.Headers);
        var answer = $"{request.Protocol} from {context.Connection.RemoteIpAddress}, for {told["X-Forwarded-For"]}, who asked {told["X-Forwarded-Proto"]}://{request.Host}{request.Path}";
        Console.WriteLine($"web    {answer}");
        return context.Response.WriteAsync($"{answer}\n");
    }
}
