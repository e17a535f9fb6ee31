using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;
using L4Proxy.Addresses;
using L4Proxy.Configuration.Reading;
using L4Proxy.Explaining.Captures;
using L4Proxy.Explaining.Clients;
using L4Proxy.ProxyProtocol;
using L4Proxy.Routing.Conditions;

namespace L4Proxy.Explaining;

/// <summary>The text form of an imagined connection: <c>tcp|udp [PORT|ENDPOINT] key=value ...</c>, separated by blanks; what has blanks stands in double quotes.</summary>
internal static class ImaginedText
{
    private const string Form = "tcp|udp PORT key=value ..., as in 'tcp 443 sni=db.example.com from=10.1.2.3'";

    private const string Authority = "proxy.authority";
    private const string Tlv = "proxy.";

    private static readonly string[] s_keys = ["from", "to", Authority, Tlv + "0xNN", "bytes", "pcap"];

    public static bool TryParse(
        string text, Func<string, ReadOnlyMemory<byte>>? readFile, [NotNullWhen(true)] out L4ImaginedConnection? connection, [NotNullWhen(false)] out string? error)
    {
        (connection, error) = (null, null);
        try
        {
            var words = Split(text);
            if (words is not ["tcp" or "udp", ..])
                throw new FormatException($"{Quote.Text(text)} must be {Form}.");
            var read = new L4ImaginedConnection { IsUdp = words[0] == "udp" };
            string? capture = null;
            foreach (var (word, index) in words.Skip(1).Select((word, index) => (word, index)))
            {
                if (word.Split('=', 2) is not [var key, var value])
                    read = index == 0 ? WithPlace(read, word) : throw new FormatException($"{Quote.Text(word)} is no key=value; it must be {Form}.");
                else if (key.Equals("pcap", StringComparison.OrdinalIgnoreCase))
                    capture = value.Length > 0 ? value : throw new FormatException("'pcap' must be the name of a file.");
                else
                    read = With(read, key.ToLowerInvariant(), value, readFile);
            }
            connection = capture is null ? read : WithCapture(read, Read(capture, readFile));
            _ = ImaginedClients.FirstBytesOf(connection);
            return true;
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            (connection, error) = (null, e.Message);
            return false;
        }
    }

    private static L4ImaginedConnection WithPlace(L4ImaginedConnection read, string word)
    {
        if (!word.All(char.IsAsciiDigit))
            return read with { EndpointId = word };
        return PortRange.TryParsePort(word, out var port) ? read with { Port = port } : throw new FormatException($"{Quote.Text(word)} is not a port (1 to 65535).");
    }

    private static L4ImaginedConnection With(L4ImaginedConnection read, string key, string value, Func<string, ReadOnlyMemory<byte>>? readFile) => key switch
    {
        "from" => read with { ClientAddress = Address(key, value) },
        "to" => read with { LocalAddress = Address(key, value) },
        "bytes" => read with { FirstBytes = [.. read.FirstBytes, value is ['@', _, ..] ? Read(value[1..], readFile) : Hex(value)] },
        Authority => WithTlv(read, ProxyTlvType.Authority, value),
        _ when key.StartsWith(Tlv, StringComparison.Ordinal) && ProxyHeaderCondition.TryParseType(key[Tlv.Length..], out var type) => WithTlv(read, type, value),
        _ when ImaginedClients.Keys.Contains(key) => !read.Says.ContainsKey(key)
            ? read with { Says = new Dictionary<string, string>(read.Says) { [key] = value } }
            : throw new FormatException($"'{key}' is given twice; several values are separated by commas."),
        _ => throw new FormatException(
            $"{Quote.Text(key)} is no key{NearestName.Hint(key, [.. s_keys, .. ImaginedClients.Keys])} Those there are: {string.Join(", ", s_keys.Concat(ImaginedClients.Keys))}."),
    };

    private static L4ImaginedConnection WithCapture(L4ImaginedConnection read, ReadOnlyMemory<byte> file)
    {
        if (read.FirstBytes.Count > 0)
            throw new FormatException("'pcap' and 'bytes' are both given: the first bytes are one or the other.");
        if (!FirstFlow.TryFind(file, read.IsUdp, read.Port, out var flow, out var error))
            throw new FormatException(error);
        return read with
        {
            ClientAddress = read.ClientAddress ?? flow.Client.Address,
            LocalAddress = read.LocalAddress ?? (read.EndpointId is null && read.Port is null ? flow.Server.Address : null),
            Port = read.Port ?? (read.EndpointId is null ? flow.Server.Port : null),
            FirstBytes = flow.Pieces,
        };
    }

    private static L4ImaginedConnection WithTlv(L4ImaginedConnection read, byte type, string value) => read with
    {
        ProxyHeader = new() { Version = 2, Tlvs = [.. read.ProxyHeader?.Tlvs ?? [], new ProxyTlv(type, Encoding.UTF8.GetBytes(value))] },
    };

    private static IPAddress Address(string key, string value) => AddressRange.TryParseAddress(value, out var address)
        ? address
        : throw new FormatException($"'{key}' must be an IP address, not {Quote.Text(value)}.");

    private static byte[] Hex(string value) => value.Length % 2 == 0 && value.All(char.IsAsciiHexDigit)
        ? Convert.FromHexString(value)
        : throw new FormatException($"'bytes' must be hexadecimal, two digits a byte, or '@' and the name of a file; it is {Quote.Text(value)}.");

    private static ReadOnlyMemory<byte> Read(string file, Func<string, ReadOnlyMemory<byte>>? readFile) =>
        readFile is null ? throw new FormatException($"No file is read here; give 'bytes' in hexadecimal in place of {Quote.Text(file)}.") : readFile(file);

    private static List<string> Split(string text)
    {
        var words = new List<string>();
        StringBuilder? word = null;
        var isQuoted = false;
        foreach (var character in text)
        {
            isQuoted ^= character == '"';
            if (char.IsWhiteSpace(character) && !isQuoted)
            {
                if (word is not null)
                    words.Add(word.ToString());
                word = null;
            }
            else
            {
                word ??= new();
                if (character != '"')
                    word.Append(character);
            }
        }
        if (isQuoted)
            throw new FormatException($"{Quote.Text(text)} has a quote that does not end.");
        return word is null ? words : [.. words, word.ToString()];
    }
}
