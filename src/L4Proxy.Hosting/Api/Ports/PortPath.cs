using L4Proxy.Addresses;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;

namespace L4Proxy.Api.Ports;

/// <summary>Reads what the paths of pools and ports say.</summary>
internal static class PortPath
{
    /// <summary>The name of a pool.</summary>
    public static string PoolOf(ApiCall call) => ConfigId.IsValid(call["pool"]) ? call["pool"] : throw ApiProblem.Bad($"{Quote.Text(call["pool"])} is no id. {ConfigId.Rule}");

    /// <summary>A port.</summary>
    public static int PortOf(ApiCall call) => PortRange.TryParsePort(call["port"], out var port) ? port : throw ApiProblem.Bad($"{Quote.Text(call["port"])} is not a port (1 to 65535).");
}
