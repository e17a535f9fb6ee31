using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy;

namespace L4Proxy.Http;

/// <summary>
/// Has the values of headers passed on byte for byte: they go out as they were read. Kestrel reads UTF-8 and writes ASCII alone unless the application says otherwise; where
/// YARP is, it writes each byte that a destination has sent (RFC 9110 section 5.5), a file name in letters among them.
/// </summary>
internal sealed class HeaderEncodings(IOptions<KestrelServerOptions> kestrel)
{
    /// <summary>Of a request on its way out.</summary>
    public Encoding OfRequests(string name) => kestrel.Value.RequestHeaderEncodingSelector(name) ?? Encoding.UTF8;

    /// <summary>Of an answer on its way in.</summary>
    public Encoding OfAnswers(string name) => kestrel.Value.ResponseHeaderEncodingSelector(name) ?? Encoding.Latin1;

    /// <summary>Has answers written so.</summary>
    internal sealed class Setup(IServiceProviderIsService known) : IPostConfigureOptions<KestrelServerOptions>
    {
        public void PostConfigure(string? name, KestrelServerOptions options)
        {
            if (!known.IsService(typeof(IProxyStateLookup)))
                return;
            var before = options.ResponseHeaderEncodingSelector;
            options.ResponseHeaderEncodingSelector = header => before(header) ?? Encoding.Latin1;
        }
    }
}
