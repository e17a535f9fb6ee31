using System.Net;
using System.Net.Sockets;
using System.Text;

namespace L4Proxy.Providers.Caddy;

/// <summary>Names that a Caddy listens on, which it looks up when it is told.</summary>
internal static class CaddyNames
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    /// <summary>Looks a name up by the system; null where that does not know it, or not soon.</summary>
    public static IPAddress? Resolve(string name)
    {
        try
        {
            var addresses = Task.Run(() => Dns.GetHostAddressesAsync(name)).WaitAsync(s_patience).GetAwaiter().GetResult();
            return addresses.OrderBy(address => address.AddressFamily == AddressFamily.InterNetworkV6).FirstOrDefault();
        }
        catch (Exception e) when (e is SocketException or TimeoutException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Reads a file: JSON, or a Caddyfile.</summary>
    public static L4ImportResult Parse(ReadOnlyMemory<byte> file)
    {
        var text = Encoding.UTF8.GetString(file.Span);
        return IsCaddyfile(text) ? L4CaddyImport.ParseCaddyfile(text, Resolve) : L4CaddyImport.ParseJson(file, Resolve);
    }

    /// <summary>Whether a text is a Caddyfile, and no JSON: both begin with a brace, and behind that in JSON there is a quote.</summary>
    public static bool IsCaddyfile(string text)
    {
        var rest = text.AsSpan().TrimStart();
        while (rest is ['#', ..])
            rest = rest[(rest.IndexOf('\n') + 1 is > 0 and var next ? next : rest.Length)..].TrimStart();
        return rest is ['{', .. var inner] ? inner.TrimStart() is not (['"' or '}', ..] or []) : !rest.IsEmpty && rest is not ("null" or ['[', ..]);
    }
}
