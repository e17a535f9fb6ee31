using Microsoft.Extensions.Logging;

namespace L4Proxy.Providers.Following;

/// <summary>What is said of other people's configuration.</summary>
internal static partial class ProvidersLog
{
    [LoggerMessage(800, LogLevel.Error, "What {Provider} says now cannot be used, and what it said before goes on: {Errors}", EventName = nameof(ProviderRefused))]
    public static partial void ProviderRefused(this ILogger logger, string provider, string errors);

    [LoggerMessage(801, LogLevel.Error, "The document of Caddy's admin API that was kept in {Path} cannot be read: nothing of it is served until it is written anew", EventName = nameof(CaddyDocumentLost))]
    public static partial void CaddyDocumentLost(this ILogger logger, Exception exception, string path);

    [LoggerMessage(802, LogLevel.Warning, "The document of Caddy's admin API cannot be kept in {Path}: a restart will serve an older one", EventName = nameof(CaddyDocumentNotKept))]
    public static partial void CaddyDocumentNotKept(this ILogger logger, Exception exception, string path);

    [LoggerMessage(803, LogLevel.Warning, "The expected state of {Url} cannot be read, and what was read before goes on", EventName = nameof(ExpectedStateUnreached))]
    public static partial void ExpectedStateUnreached(this ILogger logger, Exception exception, string url);

    [LoggerMessage(804, LogLevel.Warning, "The expected state cannot be kept in {Path}, or read from there", EventName = nameof(ExpectedStateNotKept))]
    public static partial void ExpectedStateNotKept(this ILogger logger, Exception exception, string path);

    [LoggerMessage(805, LogLevel.Debug, "What is in force could not be told to {Url}", EventName = nameof(ExpectedStateNotReported))]
    public static partial void ExpectedStateNotReported(this ILogger logger, Exception exception, string url);

    [LoggerMessage(806, LogLevel.Warning, "{Engine} cannot be reached, and the routes of its containers go on", EventName = nameof(EngineLost))]
    public static partial void EngineLost(this ILogger logger, Exception exception, string engine);

    [LoggerMessage(807, LogLevel.Information, "{Engine} is there again", EventName = nameof(EngineFound))]
    public static partial void EngineFound(this ILogger logger, string engine);
}
