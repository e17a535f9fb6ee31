using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Nginx;

/// <summary>What the servers of a stream block share.</summary>
/// <param name="Config">Takes what they become.</param>
/// <param name="Maps">The variables that maps make.</param>
/// <param name="Targets">Where they lead to.</param>
/// <param name="Limits">How many connections they may have.</param>
internal sealed record NginxTools(ImportedConfig Config, NginxMaps Maps, NginxTargets Targets, NginxLimits Limits);
