using System.Collections;
using L4Proxy.Configuration;
using Microsoft.Extensions.Configuration.EnvironmentVariables;

namespace L4Proxy.Gateway;

/// <summary>
/// Runs what the environment says as an ordinary gateway, as a container and Aspire have it: <c>L4Proxy__Endpoints__mqtt__Url</c>, and the
/// other sections of a FILE likewise. <c>service:</c> destinations are what <c>services__…</c> says, as Aspire's <c>WithReference</c> writes it.
/// </summary>
internal static partial class EnvironmentGateway
{
    // What there is to be served, or who will say it. Other keys of the proxy's are settings of whatever runs.
    private static readonly string[] s_prefixes = ["L4Proxy__Endpoints__", "Gateway__"];

    /// <summary>Whether the environment says what a gateway is to do.</summary>
    public static bool IsMeant => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .Any(variable => variable.Key is string name && Array.Exists(s_prefixes, prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)));

    /// <summary>Runs it until the process is asked to end.</summary>
    /// <exception cref="GatewayException">What it says is wrong, or an address of Kestrel's cannot be bound.</exception>
    public static async Task RunAsync()
    {
        var builder = Create();
        var errors = GatewayOptions.Check(builder.Configuration).ToList();
        // What is wrong is used by nobody, so that everything else that is wrong is said as well.
        var options = errors.Count == 0 ? GatewayOptions.Read(builder.Configuration) : new();
        await using var app = GatewayBuilder.Build(builder, options);
        app.Lifetime.ApplicationStarted.Register(() => LogReady(app.Logger));
        await FileCheck.ThrowIfWrongAsync(app, errors);
        GatewayAdmin.Use(app, options);
        app.MapReverseProxy();
        await GatewaySignals.RunAsync(app, app.Services.GetRequiredService<IL4Reload>().Reload);
    }

    private static WebApplicationBuilder Create()
    {
        var builder = GatewayBuilder.Create(Directory.GetCurrentDirectory(), new EnvironmentVariablesConfigurationSource());
        // What Aspire says of endpoints of its own, where Kestrel's are not named one by one.
        if (builder.Configuration["ASPNETCORE_URLS"] is { Length: > 0 } urls)
            builder.WebHost.UseUrls(urls);
        var proxy = builder.Services.AddL4Proxy(GatewayBuilder.Configure);
        if (builder.Configuration.GetSection("services").Exists())
            proxy.AddServiceDiscovery();
        return builder;
    }

    [LoggerMessage(1, LogLevel.Information, "Ready: the environment", EventName = "Ready")]
    private static partial void LogReady(ILogger logger);
}
