using System.Diagnostics;

namespace L4Proxy.MultiHop;

/// <summary>This program once more, as the edge. Where one of the two ends, so does the other.</summary>
internal static class EdgeProcess
{
    /// <summary>Starts it, and answers with its exit code when it has ended.</summary>
    public static async Task<int> RunAsync(IHostApplicationLifetime origin)
    {
        using var edge = Process.Start(
            new ProcessStartInfo(Environment.ProcessPath!, Arguments) { RedirectStandardInput = true, UseShellExecute = false })!;
        await using var onStop = origin.ApplicationStopping.Register(edge.StandardInput.Close);
        await edge.WaitForExitAsync();
        origin.StopApplication();
        return edge.ExitCode;
    }

    /// <summary>Started as <c>dotnet MultiHop.dll</c>, the program is <c>dotnet</c>.</summary>
    private static string[] Arguments =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [Environment.GetCommandLineArgs()[0], "edge"] : ["edge"];
}
