namespace L4Proxy.Peers.Tests.Programs;

/// <summary>Whether the long versions of the tests are asked for (<c>./test.sh --soak</c>).</summary>
internal static class Soak
{
    public static bool IsOn { get; } = Environment.GetEnvironmentVariable("L4PROXY_SOAK") == "1";
}
