using L4Proxy.Configuration;
using L4Proxy.Diagnostics;
using L4Proxy.Files;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Snapshot;

/// <summary>Reads everything again because somebody wants it now.</summary>
internal sealed class ProxyReload(ConfigLoader loader, FileStore files, ILogger<ProxyReload> log) : IL4Reload
{
    public void Reload()
    {
        log.Reloading();
        files.LookNow();
        loader.ReloadSources();
    }
}
