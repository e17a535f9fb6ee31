namespace L4Proxy.Peers.Tests.Published;

/// <summary>One native file for x64 (<c>-r linux-x64 -p:PublishAot=true</c>).</summary>
public sealed class NativeTests() : WalkTests("L4PROXY_NATIVE", "--aot")
{
    private const int Budget = 15_000_000;

    [Fact]
    public void It_is_one_file_within_its_budget()
    {
        var file = new FileInfo(Published());

        Assert.InRange(file.Length, 1, Budget);
        Assert.DoesNotContain(file.Directory!.EnumerateFiles(), other => other.Extension is ".dll" or ".so");
    }
}
