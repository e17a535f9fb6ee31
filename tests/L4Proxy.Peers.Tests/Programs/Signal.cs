using System.Runtime.InteropServices;

namespace L4Proxy.Peers.Tests.Programs;

/// <summary>Signals to a process that a test started, which <see cref="System.Diagnostics.Process"/> cannot send.</summary>
internal static partial class Signal
{
    private const int SigHup = 1;
    private const int SigInt = 2;
    private const int SigKill = 9;
    private const int SigTerm = 15;

    /// <summary>Asks it to read everything again.</summary>
    public static void HangUp(int processId) => _ = Kill(processId, SigHup);

    /// <summary>As Ctrl-C does.</summary>
    public static void Interrupt(int processId) => _ = Kill(processId, SigInt);

    public static void Terminate(int processId) => _ = Kill(processId, SigTerm);

    /// <summary>It gets no chance to say anything more.</summary>
    public static void Kill(int processId) => _ = Kill(processId, SigKill);

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Kill(int processId, int signal);
}
