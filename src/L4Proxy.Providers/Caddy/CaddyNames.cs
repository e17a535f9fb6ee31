using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace L4Proxy.Providers.Caddy;

/// <summary>Names that a Caddy listens on, which it looks up when it is told.</summary>
internal static class CaddyNames
{
    // Of all names of a document together: who writes it waits for it.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    /// <summary>Looks the names of one document up by the system, each once; null where that does not know one, or not soon.</summary>
    public static Func<string, IPAddress?> Resolver()
    {
        var begun = Stopwatch.GetTimestamp();
        var known = new Dictionary<string, IPAddress?>(StringComparer.OrdinalIgnoreCase);
        return name =>
        {
            if (!known.TryGetValue(name, out var address))
                known.Add(name, address = Resolve(name, s_patience - Stopwatch.GetElapsedTime(begun)));
            return address;
        };
    }

    private static IPAddress? Resolve(string name, TimeSpan patience)
    {
        if (patience <= TimeSpan.Zero)
            return null;
        try
        {
            var addresses = Task.Run(() => Dns.GetHostAddressesAsync(name)).WaitAsync(patience).GetAwaiter().GetResult();
            return addresses.OrderBy(address => address.AddressFamily == AddressFamily.InterNetworkV6).FirstOrDefault();
        }
        catch (Exception e) when (e is SocketException or TimeoutException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Reads a file: JSON, or a Caddyfile.</summary>
    public static L4ImportResult Parse(ReadOnlyMemory<byte> file) => L4CaddyImport.Parse(Encoding.UTF8.GetString(file.Span), Resolver());

    /// <summary>Whether a text is a Caddyfile, and no JSON: both begin with a brace, and behind that in JSON there is a quote.</summary>
    public static bool IsCaddyfile(string text)
    {
        var rest = text.AsSpan().TrimStart();
        while (rest is ['#', ..])
            rest = rest[(rest.IndexOf('\n') + 1 is > 0 and var next ? next : rest.Length)..].TrimStart();
        return rest is ['{', .. var inner] ? inner.TrimStart() is not (['"' or '}', ..] or []) : !rest.IsEmpty && rest is not ("null" or ['[', ..]);
    }
}
