using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Clients;

/// <summary>The <c>ssh</c> program.</summary>
internal static class SshClient
{
    /// <summary>Logs in to <paramref name="server"/> by way of <paramref name="port"/> and runs a command there.</summary>
    public static Task<ProgramResult> RunAsync(SshdPeer server, int port, string command, CancellationToken cancellation) =>
        RunningProgram.RunAsync("ssh", Arguments(server, port, command), cancellation);

    /// <summary>Logs in and leaves the command running, with its input and output connected.</summary>
    public static RunningProgram Start(SshdPeer server, int port, string command) =>
        RunningProgram.Start("ssh", Arguments(server, port, command));

    private static string[] Arguments(SshdPeer server, int port, string command) =>
        ["-F", "none", "-p", $"{port}", "-i", server.UserKeyPath, "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes",
         "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
         "-o", "ConnectTimeout=15", $"{Environment.UserName}@127.0.0.1", command];
}
