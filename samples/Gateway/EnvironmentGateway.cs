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
    private const string Prefix = "L4Proxy__";

    /// <summary>Whether the environment says anything of L4Proxy.</summary>
    public static bool IsMeant => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .Any(variable => variable.Key is string name && name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase));

    /// <summary>Runs it until the process is asked to end.</summary>
    /// <exception cref="GatewayException">What it says is wrong, or an address of Kestrel's cannot be bound.</exception>
    public static async Task RunAsync()
    {
        await using var app = Build();
        app.Lifetime.ApplicationStarted.Register(() => LogReady(app.Logger));
        if (GatewayOptions.Check(app.Configuration).ToList() is { Count: > 0 } errors)
            throw new GatewayException(GatewayException.Invalid, [.. errors.Select(error => error.ToString())]);
        await FileCheck.ThrowIfWrongAsync(app);
        GatewayAdmin.Use(app, GatewayOptions.Read(app.Configuration));
        app.MapReverseProxy();
        await GatewaySignals.RunAsync(app, app.Services.GetRequiredService<IL4Reload>().Reload);
    }

    private static WebApplication Build()
    {
        var builder = GatewayBuilder.Create(Directory.GetCurrentDirectory(), new EnvironmentVariablesConfigurationSource());
        // What Aspire says of endpoints of its own, where Kestrel's are not named one by one.
        if (builder.Configuration["ASPNETCORE_URLS"] is { Length: > 0 } urls)
            builder.WebHost.UseUrls(urls);
        var proxy = builder.Services.AddL4Proxy(GatewayBuilder.Configure);
        if (builder.Configuration.GetSection("services").Exists())
            proxy.AddServiceDiscovery();
        return GatewayBuilder.Build(builder);
    }

    [LoggerMessage(1, LogLevel.Information, "Ready: the environment", EventName = "Ready")]
    private static partial void LogReady(ILogger logger);
}
