namespace L4Proxy.Gateway;

/// <summary>An ordinary gateway: Kestrel, YARP and L4Proxy, with nothing that its configuration does not say.</summary>
internal static class GatewayBuilder
{
    /// <summary>Begins one.</summary>
    /// <param name="directory">What relative paths are relative to.</param>
    /// <param name="configuration">All that has a say.</param>
    /// <param name="logs">Whether it writes a log.</param>
    public static WebApplicationBuilder Create(string directory, IConfigurationSource configuration, bool logs = true)
    {
        // Empty: neither the command line nor appsettings.json has a say, nor the environment where it is not what was given.
        var builder = WebApplication.CreateEmptyBuilder(new()
        {
            ApplicationName = typeof(GatewayBuilder).Assembly.GetName().Name,
            EnvironmentName = Environments.Production,
            ContentRootPath = directory,
        });
        builder.Configuration.AddInMemoryCollection(LoggingDefaults);
        ((IConfigurationBuilder)builder.Configuration).Add(configuration);
        if (logs)
            builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging")).AddConsole().LimitRequestLines();
        builder.WebHost.UseKestrel((context, kestrel) =>
            kestrel.Configure(context.Configuration.GetSection("Kestrel"), reloadOnChange: true));
        builder.Services.AddRouting();
        builder.Services.AddReverseProxy().LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"));
        return builder;
    }

    /// <summary>Binds only what is named, and ends where none of it can be.</summary>
    public static void Configure(L4ProxyHostingOptions hosting)
    {
        hosting.BindDefaultAddress = false;
        hosting.FailIfNothingBinds = true;
    }

    /// <summary>Adds what the section <c>Gateway</c> says, and builds.</summary>
    public static WebApplication Build(WebApplicationBuilder builder, GatewayOptions options, bool logs = true)
    {
        var directory = builder.Environment.ContentRootPath;
        if (options.Store is { } store)
            GatewayStore.Add(builder.Services, store, directory);
        GatewayProviders.Add(builder.Services, options, directory);
        GatewayAdmin.Add(builder, options);
        GatewayTelemetry.Add(builder, TelemetrySignals.Read(options.Prometheus), logs);
        return builder.Build();
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
}
