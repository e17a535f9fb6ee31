using L4Proxy.Core.Tests.House;

namespace L4Proxy.Core.Tests.Configuration;

/// <summary>A file of the repository that is generated, committed, and compared by a test. <c>L4PROXY_UPDATE=1</c> writes it anew.</summary>
internal static class CommittedFile
{
    public static string Read(string path) => Repository.Read(path).ReplaceLineEndings("\n");

    public static void AssertIs(string path, string expected)
    {
        if (Environment.GetEnvironmentVariable("L4PROXY_UPDATE") == "1")
            File.WriteAllText(Repository.PathOf(path), expected);
        Assert.True(Read(path) == expected, $"{path} is out of date; run the tests with L4PROXY_UPDATE=1 and look at what changes.");
    }
}
