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
}
