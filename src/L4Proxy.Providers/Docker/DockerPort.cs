namespace L4Proxy.Providers.Docker;

/// <summary>A port that a container exposes.</summary>
/// <param name="Number">The port in the container.</param>
/// <param name="IsUdp">Whether it is of UDP.</param>
/// <param name="Published">The port of the host that leads to it; null where it is not published.</param>
/// <param name="HostAddress">The address of the host on which it is published; null or <c>0.0.0.0</c> or <c>::</c> is each.</param>
internal readonly record struct DockerPort(int Number, bool IsUdp = false, int? Published = null, string? HostAddress = null)
{
    /// <summary>Whether it is published on every address of the host.</summary>
    public bool IsOnEvery => HostAddress is null or "" or "0.0.0.0" or "::";
}
