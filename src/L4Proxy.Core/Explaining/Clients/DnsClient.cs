using System.Text;
using L4Proxy.Configuration.Reading;
using L4Proxy.Prefaces;
using static L4Proxy.Explaining.Clients.ImaginedWords;

namespace L4Proxy.Explaining.Clients;

/// <summary>A query (RFC 1035 section 4), over TCP behind its length.</summary>
internal sealed class DnsClient() : ImaginedClient("dns", Name, Type)
{
    private const string Name = "dns.name";
    private const string Type = "dns.type";
    private const int LongestLabel = 63;
    private const int LongestName = 253;

    public override bool IsOfDatagrams => true;

    public override byte[] Write(ImaginedWords words, bool isDatagram)
    {
        // Recursion is desired, one question, of the Internet.
        byte[] query = [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. Labels(words.Get(Name) ?? "example.com"), .. Number16(TypeOf(words.Get(Type) ?? "A")), 0, 1];
        return isDatagram ? query : Vector16(query);
    }

    private static byte[] Labels(string name)
    {
        var labels = DnsName.Normalise(name).Split('.', StringSplitOptions.RemoveEmptyEntries);
        return name.Length <= LongestName && Ascii.IsValid(name) && Array.TrueForAll(labels, label => label.Length <= LongestLabel)
            ? [.. labels.SelectMany(label => Vector8(Encoding.ASCII.GetBytes(label))), 0]
            : throw new FormatException($"'{Name}' cannot be {Quote.Text(name)}.");
    }

    private static int TypeOf(string text)
    {
        var wanted = DnsTypes.Normalise(text);
        for (var type = 1; type <= ushort.MaxValue; type++)
        {
            if (DnsTypes.NameOf((ushort)type) == wanted)
                return type;
        }
        throw new FormatException($"'{Type}' must be a type such as A or TYPE65, not {Quote.Text(text)}.");
    }
}
