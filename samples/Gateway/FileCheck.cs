using L4Proxy.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Configuration;

namespace L4Proxy.Gateway;

/// <summary>Says everything that is wrong with a file, and runs nothing.</summary>
internal static class FileCheck
{
    /// <summary>Prints <c>ok</c> where nothing is wrong, and warnings in any case.</summary>
    /// <exception cref="GatewayException">Something is wrong; every error is listed.</exception>
    public static async Task RunAsync(GatewayFile file)
    {
        using var config = new GatewayConfig(file);
        await using var app = FileGateway.Build(file, config, logs: false);
        foreach (var warning in app.Services.GetRequiredService<IL4ConfigValidator>().Validate().Warnings)
            await Console.Error.WriteLineAsync($"warning: {warning}");
        await ThrowIfWrongAsync(app);
        Console.WriteLine("ok");
    }

    /// <summary>Checks all sections of a gateway that is not started.</summary>
    /// <param name="app">It.</param>
    /// <param name="known">What is known to be wrong already.</param>
    /// <exception cref="GatewayException">Something is wrong; every error is listed.</exception>
    public static async Task ThrowIfWrongAsync(WebApplication app, IReadOnlyList<L4ConfigError>? known = null)
    {
        var l4 = app.Services.GetRequiredService<IL4ConfigValidator>().Validate();
        List<string> errors = [.. (known ?? []).Concat(l4.Errors).Select(e => e.ToString()), .. KestrelErrors(app), .. await ReverseProxyErrorsAsync(app)];
        if (errors.Count > 0)
            throw new GatewayException(GatewayException.Invalid, errors);
    }

    private static IEnumerable<string> KestrelErrors(WebApplication app)
    {
        try
        {
            // Reads addresses and certificates, and binds nothing.
            app.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.ConfigurationLoader?.Load();
            return [];
        }
        catch (Exception e)
        {
            return [$"Kestrel: {e.Message}"];
        }
    }

    private static async Task<IEnumerable<string>> ReverseProxyErrorsAsync(WebApplication app)
    {
        var errors = new List<string>();
        try
        {
            var validator = app.Services.GetRequiredService<IConfigValidator>();
            var configs = app.Services.GetServices<IProxyConfigProvider>().Select(provider => provider.GetConfig()).ToList();
            foreach (var route in configs.SelectMany(config => config.Routes))
                errors.AddRange((await validator.ValidateRouteAsync(route)).Select(e => $"ReverseProxy:Routes:{route.RouteId}: {e.Message}"));
            foreach (var cluster in configs.SelectMany(config => config.Clusters))
                errors.AddRange((await validator.ValidateClusterAsync(cluster)).Select(e => $"ReverseProxy:Clusters:{cluster.ClusterId}: {e.Message}"));
        }
        catch (Exception e)
        {
            errors.Add($"ReverseProxy: {e.Message}");
        }

        return errors;
    }
}
