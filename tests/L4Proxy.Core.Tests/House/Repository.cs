using System.Runtime.CompilerServices;

namespace L4Proxy.Core.Tests.House;

/// <summary>The files of this repository.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    public static string Read(string relative) => File.ReadAllText(PathOf(relative));

    private static string FindRoot([CallerFilePath] string here = "")
    {
        var directory = Path.GetDirectoryName(here);
        while (!File.Exists(Path.Combine(directory!, "L4Proxy.sln")))
            directory = Path.GetDirectoryName(directory);
        return directory!;
    }
}
