namespace L4Proxy.Core.Tests.Configuration;

/// <summary>A file of the repository that is generated, committed, and compared by a test. <c>L4PROXY_UPDATE=1</c> writes it anew.</summary>
internal static class CommittedFile
{
    public static string Root { get; } = FindRoot();

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path)).ReplaceLineEndings("\n");

    public static void AssertIs(string path, string expected)
    {
        if (Environment.GetEnvironmentVariable("L4PROXY_UPDATE") == "1")
            File.WriteAllText(Path.Combine(Root, path), expected);
        Assert.True(Read(path) == expected, $"{path} is out of date; run the tests with L4PROXY_UPDATE=1 and look at what changes.");
    }

    private static string FindRoot()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "L4Proxy.sln")))
            directory = Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("not inside the repository");
        return directory;
    }
}
