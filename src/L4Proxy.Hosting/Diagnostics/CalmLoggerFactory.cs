using Microsoft.Extensions.Logging;

namespace L4Proxy.Diagnostics;

/// <summary>Makes loggers that a client cannot have fill the log, of those categories that write for each request.</summary>
internal sealed class CalmLoggerFactory(ILoggerFactory loggers, TimeProvider time, int perSecond) : ILoggerFactory
{
    private static readonly string[] s_ofRequests = ["Yarp.", "Microsoft.AspNetCore."];

    private readonly DroppedLines _dropped = new(time, loggers.CreateLogger<DroppedLines>());

    public ILogger CreateLogger(string categoryName)
    {
        var logger = loggers.CreateLogger(categoryName);
        return Array.Exists(s_ofRequests, start => categoryName.StartsWith(start, StringComparison.Ordinal)) ? new CalmLogger(logger, categoryName, _dropped, perSecond) : logger;
    }

    public void AddProvider(ILoggerProvider provider) => loggers.AddProvider(provider);

    public void Dispose()
    {
        _dropped.Say();
        _dropped.Dispose();
        loggers.Dispose();
    }
}
