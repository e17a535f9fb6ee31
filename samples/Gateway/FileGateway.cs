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
        await GatewaySignals.RunAsync(app, () => StartAsync(app), () =>
        {
            config.ReadAgain();
            reload.Reload();
        });
    }

    /// <summary>What the gateway of <paramref name="file"/> is made of.</summary>
    public static WebApplication Build(GatewayFile file, GatewayConfig config, bool logs = true)
    {
        // Empty: neither the environment nor the command line nor appsettings.json has a say.
        var builder = WebApplication.CreateEmptyBuilder(new()
        {
            ApplicationName = typeof(FileGateway).Assembly.GetName().Name,
            EnvironmentName = Environments.Production,
            ContentRootPath = file.Directory,
        });
        builder.Configuration.AddInMemoryCollection(LoggingDefaults);
        ((IConfigurationBuilder)builder.Configuration).Add(config);
        if (logs)
            builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging")).AddConsole().LimitRequestLines();
        builder.WebHost.UseKestrel((context, kestrel) =>
            kestrel.Configure(context.Configuration.GetSection("Kestrel"), reloadOnChange: true));
        builder.Services.AddRouting();
        builder.Services.AddReverseProxy().LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"));
        builder.Services.AddL4Proxy(hosting =>
        {
            hosting.BindDefaultAddress = false;
            hosting.FailIfNothingBinds = true;
        });
        builder.Services.AddSingleton<IL4ConfigProvider>(config);
        var options = GatewayOptions.Read(builder.Configuration);
        if (options.Store is { } store)
            GatewayStore.Add(builder.Services, store, file.Directory);
        GatewayProviders.Add(builder.Services, options, file.Directory);
        GatewayAdmin.Add(builder, options);
        GatewayTelemetry.Add(builder, TelemetrySignals.Read(options.Prometheus), logs);

        return builder.Build();
    }

    private static async Task StartAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch (Exception e)
        {
            // An address of Kestrel's, as a rule. One of L4Proxy's own is tried again until it can be had, unless there is no other.
            throw new GatewayException(GatewayException.Invalid, [e.Message]);
        }
    }

    private static Dictionary<string, string?> LoggingDefaults => new()
    {
        ["Logging:LogLevel:Default"] = "Information",
        ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
        // Why it does not start is said on standard error, and without a stack trace.
        ["Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host"] = "None",
        // Only YARP's session affinity uses data protection; without it, where its keys are kept is no news.
        ["Logging:LogLevel:Microsoft.AspNetCore.DataProtection"] = "Error",
        ["Logging:LogLevel:Yarp"] = "Warning",
        // Where nobody reads the console the gateway does not wait for it, neither while it runs nor to end.
        ["Logging:Console:QueueFullMode"] = "DropWrite",
        ["Logging:Console:MaxQueueLength"] = "65536",
        ["Logging:Console:FormatterName"] = "simple",
        ["Logging:Console:FormatterOptions:SingleLine"] = "true",
        ["Logging:Console:FormatterOptions:TimestampFormat"] = "HH:mm:ss.fff ",
    };

    [LoggerMessage(1, LogLevel.Information, "Ready: {File}", EventName = "Ready")]
    private static partial void LogReady(ILogger logger, string file);
}
