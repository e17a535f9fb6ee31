using L4Proxy.Storage.Tests.Sqlite;
using Xunit.Runner.InProc.SystemConsole;

namespace L4Proxy.Storage.Tests;

/// <summary>The tests; or, asked for by one of them, a process that writes until it is killed.</summary>
internal static class Program
{
    public static Task<int> Main(string[] args) => args is [EndlessWriter.Argument, var path] ? EndlessWriter.RunAsync(path) : ConsoleRunner.Run(args);
}
