using L4Proxy.Configuration;
using Microsoft.Extensions.FileProviders;

namespace L4Proxy.Kestrel;

/// <summary>
/// Says nothing but that Kestrel's endpoints may have changed, so that the configuration is looked at again: it may have been
/// wrong only because a name in it was not there yet.
/// </summary>
internal sealed class KestrelChanges(KestrelSection section) : IL4ConfigProvider
{
    public L4ConfigSnapshot GetConfig() => new(new L4Config(), section.GetReloadToken() ?? NullChangeToken.Singleton);
}
