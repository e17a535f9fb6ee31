using Aspire.Hosting;

namespace L4Proxy.Aspire.Gateway;

/// <summary>What <see cref="L4RouteOptions"/> say of a route, as keys of the configuration.</summary>
internal static class RouteSettings
{
    /// <summary>The keys that are said, below the route.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Of(L4RouteOptions options) => new SettingList()
        .Add("Order", options.Order)
        .Add("Match:ClientAddresses", options.ClientAddresses)
        .Add("Match:Protocols", options.Protocols)
        .Add("Match:Alpn", options.Alpn)
        .Add("Limits:MaxConnections", options.MaxConnections)
        .Add("Throttle:UploadBytesPerSecond", options.UploadBytesPerSecond)
        .Add("Throttle:DownloadBytesPerSecond", options.DownloadBytesPerSecond)
        .Add("Tls", options.CertificatePath is null ? null : "Terminate")
        .Add("Certificate:Path", options.CertificatePath)
        .Add("Certificate:KeyPath", options.CertificateKeyPath);
}
