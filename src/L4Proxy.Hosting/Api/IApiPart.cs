namespace L4Proxy.Api;

/// <summary>Some of what the API can do.</summary>
internal interface IApiPart
{
    IEnumerable<ApiOperation> Operations { get; }

    /// <summary>It is served, with these options.</summary>
    /// <exception cref="ArgumentException">One of them is wrong.</exception>
    void Begin(L4ProxyApiOptions options)
    {
    }
}
