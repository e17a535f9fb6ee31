using L4Proxy.Configuration;

namespace L4Proxy.Gateway;

/// <summary>Runs a file as an ordinary gateway: Kestrel, YARP and L4Proxy, with nothing that the file does not say.</summary>
internal static partial class FileGateway
{
    /// <summary>Runs <paramref name="file"/> until the process is asked to end.</summary>
    /// <exception cref="GatewayException">The file is wrong, or an address of Kestrel's cannot be bound.</exception>
    public static async Task RunAsync(GatewayFile file)
    {
        using var config = new GatewayConfig(file);
        await using var app = Build(file, config);
        app.Lifetime.ApplicationStarted.Register(() => LogReady(app.Logger, file.Path));
        await FileCheck.ThrowIfWrongAsync(app);
        GatewayAdmin.Use(app, GatewayOptions.Read(app.Configuration));
        app.MapReverseProxy();
        var reload = app.Services.GetRequiredService<IL4Reload>();
        await GatewaySignals.RunAsync(app, () =>
        {
            config.ReadAgain();
            reload.Reload();
        });
    }

    /// <summary>What the gateway of <paramref name="file"/> is made of.</summary>
    public static WebApplication Build(GatewayFile file, GatewayConfig config, bool logs = true)
    {
        var builder = GatewayBuilder.Create(file.Directory, config, logs);
        builder.Services.AddL4Proxy(GatewayBuilder.Configure);
        builder.Services.AddSingleton<IL4ConfigProvider>(config);
        return GatewayBuilder.Build(builder, GatewayOptions.Read(builder.Configuration), logs);
    }

    [LoggerMessage(1, LogLevel.Information, "Ready: {File}", EventName = "Ready")]
    private static partial void LogReady(ILogger logger, string file);
}
