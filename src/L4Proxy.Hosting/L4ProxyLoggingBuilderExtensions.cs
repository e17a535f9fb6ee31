using L4Proxy.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.Logging;

/// <summary>Keeps clients from filling the log.</summary>
public static class L4ProxyLoggingBuilderExtensions
{
    /// <summary>
    /// Limits what ASP.NET Core and YARP write for each request that fails: of each event that is a warning or worse at most so many lines a second are written, one of them
    /// with its stack trace, and how many were not is said every ten seconds (<c>WarningsDropped</c>). L4Proxy's own lines are limited anyway. It puts itself in the place of
    /// <see cref="LoggerFactory"/>: an application with an <see cref="ILoggerFactory"/> of its own has that one limit.
    /// </summary>
    /// <param name="logging">The logging of the host.</param>
    /// <param name="perSecond">How many.</param>
    /// <returns>The same logging, to go on with.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="logging"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="perSecond"/> is less than 1.</exception>
    public static ILoggingBuilder LimitRequestLines(this ILoggingBuilder logging, int perSecond = 10)
    {
        ArgumentNullException.ThrowIfNull(logging);
        ArgumentOutOfRangeException.ThrowIfLessThan(perSecond, 1);
        logging.Services.TryAddSingleton<LoggerFactory>();
        logging.Services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(provider => new CalmLoggerFactory(
            provider.GetRequiredService<LoggerFactory>(), provider.GetService<TimeProvider>() ?? TimeProvider.System, perSecond)));
        return logging;
    }
}
