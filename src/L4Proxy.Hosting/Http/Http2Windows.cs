namespace L4Proxy.Http;

/// <summary>
/// How much a destination may send of an answer before it is read (RFC 9113 section 5.2). What a client does not read is kept for it, and counts against the 64 MB that
/// .NET lets all answers of one connection have: where windows grow, as they do by default, to 16 MB each, four such clients hold up everybody.
/// </summary>
internal static class Http2Windows
{
    private const string NeverGrow = "System.Net.SocketsHttpHandler.Http2FlowControl.DisableDynamicWindowSizing";

    // A hundred streams, as many as servers commonly allow, stay below the connection's.
    private const int Fixed = 512 * 1024;

    // What RFC 9113 begins with, and .NET.
    private const int Growing = 65535;

    /// <summary>Bytes of one answer. The switch is the whole process's, and so the application's to set.</summary>
    public static int OfStream { get; } = AppContext.TryGetSwitch(NeverGrow, out var never) && never ? Fixed : Growing;
}
