using System.Net;
using System.Net.Sockets;

namespace L4Proxy.Transport;

/// <summary>The file that a Unix domain socket leaves behind.</summary>
internal static class UnixSocketFile
{
    /// <summary>Removes the file of a listener that no longer lives; one that answers is left alone, so that binding fails as it should.</summary>
    public static void RemoveIfDead(EndPoint endPoint)
    {
        if (PathOf(endPoint) is not { } path || !File.Exists(path))
            return;
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(endPoint);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
        }
        catch (SocketException)
        {
            // Not a socket, or not ours to look at: bind will say so.
        }
    }

    /// <summary>Says who may connect: who may write to the file (unix(7)).</summary>
    /// <exception cref="IOException">It cannot be set.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be set.</exception>
    public static void SetMode(EndPoint endPoint, UnixFileMode? mode)
    {
        if (mode is { } wanted && !OperatingSystem.IsWindows() && PathOf(endPoint) is { } path)
            File.SetUnixFileMode(path, wanted);
    }

    // An abstract address has no file.
    private static string? PathOf(EndPoint endPoint) =>
        endPoint is UnixDomainSocketEndPoint && endPoint.ToString() is { Length: > 0 } path && path[0] != '@' && path[0] != '\0' ? path : null;
}
