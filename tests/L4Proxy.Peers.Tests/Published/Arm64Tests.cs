namespace L4Proxy.Peers.Tests.Published;

/// <summary>With its runtime for arm64 (<c>-r linux-arm64 --self-contained</c>), in an emulated processor.</summary>
public sealed class Arm64Tests() : WalkTests("L4PROXY_ARM64", "--arm64");
