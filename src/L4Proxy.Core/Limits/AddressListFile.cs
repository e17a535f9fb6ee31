using System.Text;
using L4Proxy.Addresses;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using L4Proxy.Files;

namespace L4Proxy.Limits;

/// <summary>A list of addresses from a file that is watched: one address or CIDR block a line; what follows a <c>#</c> is a comment.</summary>
internal sealed class AddressListFile(string key, string path) : FileSource(MaxLength, (key, path))
{
    // A country's blocks are some tens of thousands, of 20 bytes.
    private const long MaxLength = 64 * 1024 * 1024;
    private const int MostFaults = 5;

    private volatile LoadedAddressList? _current;

    /// <summary>The newest that could be used.</summary>
    public LoadedAddressList? Current => _current;

    public override ILoadedFile? Loaded => _current;

    /// <summary>The list of a file in use.</summary>
    public static AddressListFile Of(FileStore store, string key, string path) => store.Get(KeyOf(key, path), made => new AddressListFile(key, made.Path));

    /// <summary>Which one it is. What may be empty in one place may not in another.</summary>
    public static FileKey KeyOf(string key, string path) => new(typeof(AddressListFile), path, Password: key);

    protected override void Make(IReadOnlyList<ReadOnlyMemory<byte>> contents)
    {
        var (ranges, faults) = Parse(Encoding.UTF8.GetString(contents[0].Span));
        if (faults.Count > 0)
            throw new FileFaultException(key, string.Join(" ", faults));
        // Whoever is not on it is denied, and a file that is about to be written is empty.
        if (ranges.Count == 0 && key == nameof(L4Firewall.AllowFile))
            throw new FileFaultException(key, "The file has no address: nobody could connect.");
        _current = new(ranges);
    }

    private static (List<AddressRange> Ranges, List<string> Faults) Parse(string text)
    {
        var (ranges, faults, number) = (new List<AddressRange>(), new List<string>(), 0);
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            number++;
            var written = (line.IndexOf('#') is >= 0 and var comment ? line[..comment] : line).Trim().Trim('\uFEFF').ToString();
            if (written.Length == 0)
                continue;
            if (AddressRange.TryParse(written, out var range, out var error))
                ranges.Add(range);
            else if (faults.Count < MostFaults)
                faults.Add($"Line {number}: {Quote.Plain(error, maxLength: 200)}");
        }
        return (ranges, faults);
    }
}
