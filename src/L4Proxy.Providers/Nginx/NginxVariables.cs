using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Nginx;

/// <summary>What of a connection nginx's variables hold, and for which connections they have a value.</summary>
internal static class NginxVariables
{
    // Best first.
    private static readonly (string Name, string Version)[] s_versions = [("TLSv1.3", "1.3"), ("TLSv1.2", "1.2"), ("TLSv1.1", "1.1"), ("TLSv1", "1.0")];

    /// <summary>The lines of a map for a key; none where nothing here is like it.</summary>
    public static List<NginxEntry> Entries(string variable, string key, string value, bool hasWildcards, out string why)
    {
        why = $"No condition in L4Proxy is like '{key}' of '{variable}': the line is not carried over.";
        return variable switch
        {
            "$ssl_preread_server_name" or "$ssl_server_name" => key.Length == 0
                ? [new(Clause.Any([Clause.NoTls, Clause.OfHello(new() { Sni = [""] })]), value)]
                : [.. NginxName.Read(key, hasWildcards).Select(name => new NginxEntry(name.Clause, value, name.Rank, name.Length, name).WithCaptures())],
            "$ssl_preread_protocol" => Of(Version(key), value),
            "$ssl_preread_alpn_protocols" => Of(Alpn(key), value, rank: 3),
            "$remote_addr" => Of(SourceRange.TryRead(key, out var range, out _) && !key.Contains('/', StringComparison.Ordinal) ? Clause.Of(new() { ClientAddresses = [range] }) : null, value),
            "$server_addr" => Of(SourceRange.TryRead(key, out var range, out _) && !key.Contains('/', StringComparison.Ordinal) ? Clause.Of(new() { LocalAddresses = [range] }) : null, value),
            "$server_port" => Of(NginxUnits.TryNumber(key, out var port) && port is > 0 and < 65536 ? Clause.Of(new() { LocalPorts = [key] }) : null, value),
            _ => [],
        };
    }

    private static List<NginxEntry> Of(Clause? when, string value, int rank = 0) => when is null ? [] : [new(when, value, rank)];

    /// <summary>The best version that a client offers.</summary>
    private static Clause? Version(string key)
    {
        if (key.Length == 0)
            return Clause.NoTls;
        var index = Array.FindIndex(s_versions, known => known.Name == key);
        if (index < 0)
            return null;
        var offered = Clause.OfHello(new() { TlsVersions = [s_versions[index].Version] });
        return index == 0 ? offered : offered.And(Clause.Of(new() { TlsVersions = [.. s_versions[..index].Select(better => better.Version)] }).Not());
    }

    /// <summary>What is offered is one text in nginx, with commas: a whole word in it is a protocol.</summary>
    private static Clause? Alpn(string key)
    {
        var word = key.StartsWith("~*", StringComparison.Ordinal) ? key[2..] : key.StartsWith('~') ? key[1..] : "";
        if (word is not ['\\', 'b', .. var inside, '\\', 'b'])
            return null;
        inside = inside.Replace("\\.", ".", StringComparison.Ordinal);
        return inside.Length is > 0 and < 256 && inside.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '/' or '-' or '.') ? Clause.OfHello(new() { Alpn = [inside] }) : null;
    }
}
