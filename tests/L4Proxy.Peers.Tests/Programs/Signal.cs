using System.Runtime.InteropServices;

namespace L4Proxy.Peers.Tests.Programs;

/// <summary>Asks a process that a test started to end, which <see cref="System.Diagnostics.Process"/> cannot.</summary>
internal static partial class Signal
{
    private const int SigTerm = 15;

    public static void Terminate(int processId) => _ = Kill(processId, SigTerm);

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Kill(int processId, int signal);
}
