using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace L4Proxy.InProcess;

/// <summary>The app's own Kestrel settings for the in-process server: all but its endpoints, and what belongs to TLS or HTTP/3.</summary>
internal static class InProcessOptions
{
    /// <summary>A copy with the same limits.</summary>
    public static KestrelServerOptions From(KestrelServerOptions app, IServiceProvider services)
    {
        var options = new KestrelServerOptions
        {
            ApplicationServices = services,
            AddServerHeader = app.AddServerHeader,
            AllowAlternateSchemes = app.AllowAlternateSchemes,
            AllowHostHeaderOverride = app.AllowHostHeaderOverride,
            AllowResponseHeaderCompression = app.AllowResponseHeaderCompression,
            AllowSynchronousIO = app.AllowSynchronousIO,
            DisableStringReuse = app.DisableStringReuse,
            RequestHeaderEncodingSelector = app.RequestHeaderEncodingSelector,
            ResponseHeaderEncodingSelector = app.ResponseHeaderEncodingSelector,
        };
        Copy(app.Limits, options.Limits);
        Copy(app.Limits.Http2, options.Limits.Http2);
        return options;
    }

    private static void Copy(KestrelServerLimits from, KestrelServerLimits to)
    {
        // The larger ones first: Kestrel refuses a line that is longer than its buffer.
        to.MaxRequestBufferSize = from.MaxRequestBufferSize;
        to.MaxResponseBufferSize = from.MaxResponseBufferSize;
        to.MaxRequestLineSize = from.MaxRequestLineSize;
        to.MaxRequestHeadersTotalSize = from.MaxRequestHeadersTotalSize;
        to.MaxRequestHeaderCount = from.MaxRequestHeaderCount;
        to.MaxRequestBodySize = from.MaxRequestBodySize;
        to.KeepAliveTimeout = from.KeepAliveTimeout;
        to.RequestHeadersTimeout = from.RequestHeadersTimeout;
        to.MaxConcurrentConnections = from.MaxConcurrentConnections;
        to.MaxConcurrentUpgradedConnections = from.MaxConcurrentUpgradedConnections;
        to.MinRequestBodyDataRate = from.MinRequestBodyDataRate;
        to.MinResponseDataRate = from.MinResponseDataRate;
    }

    private static void Copy(Http2Limits from, Http2Limits to)
    {
        to.MaxStreamsPerConnection = from.MaxStreamsPerConnection;
        to.HeaderTableSize = from.HeaderTableSize;
        to.MaxFrameSize = from.MaxFrameSize;
        to.MaxRequestHeaderFieldSize = from.MaxRequestHeaderFieldSize;
        to.InitialConnectionWindowSize = from.InitialConnectionWindowSize;
        to.InitialStreamWindowSize = from.InitialStreamWindowSize;
        to.KeepAlivePingDelay = from.KeepAlivePingDelay;
        to.KeepAlivePingTimeout = from.KeepAlivePingTimeout;
    }
}
