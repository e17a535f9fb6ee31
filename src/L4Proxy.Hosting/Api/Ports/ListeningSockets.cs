using System.Globalization;
using System.Net;

namespace L4Proxy.Api.Ports;

/// <summary>The listening sockets of this machine, as Linux lists them (proc_pid_net(5)): <c>0: 0100007F:1F90 00000000:0000 0A … 12345 …</c>.</summary>
internal static class ListeningSockets
{
    private const string Listening = "0A";
    private const string Unconnected = "07";
    private const int LocalAddress = 1;
    private const int State = 3;
    private const int Inode = 9;

    /// <summary>Those of a protocol on a port.</summary>
    public static List<ListeningSocket> Find(PortProtocol protocol, int port)
    {
        var (name, state) = protocol == PortProtocol.Udp ? ("udp", Unconnected) : ("tcp", Listening);
        return [.. Lines($"/proc/net/{name}").Concat(Lines($"/proc/net/{name}6")).Select(line => Parse(line, state, port)).OfType<ListeningSocket>()];
    }

    /// <summary>A line; null where it is of something else.</summary>
    public static ListeningSocket? Parse(string line, string state, int port)
    {
        var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length <= Inode || fields[State] != state || fields[LocalAddress].Split(':') is not [var address, var hex])
            return null;
        return ushort.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var found) && found == port
            && long.TryParse(fields[Inode], NumberStyles.None, CultureInfo.InvariantCulture, out var inode) && AddressOf(address) is { } ip
            ? new ListeningSocket(new IPEndPoint(ip, port), inode) : null;
    }

    /// <summary>Words of 32 bits, each as this machine has them in memory.</summary>
    private static IPAddress? AddressOf(string hex)
    {
        if (hex.Length is not (8 or 32))
            return null;
        var bytes = new byte[hex.Length / 2];
        for (var i = 0; i < hex.Length; i += 8)
        {
            if (!uint.TryParse(hex.AsSpan(i, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var word))
                return null;
            BitConverter.TryWriteBytes(bytes.AsSpan(i / 2), word);
        }
        var address = new IPAddress(bytes);
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }

    // A kernel without IPv6 has not all of them.
    private static List<string> Lines(string path)
    {
        try
        {
            return [.. File.ReadLines(path)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
