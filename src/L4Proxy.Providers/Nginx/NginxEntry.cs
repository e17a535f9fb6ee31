using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Nginx;

/// <summary>A line of a map: for which connections a variable is what.</summary>
/// <param name="When">Which connections.</param>
/// <param name="Value">What it is, perhaps with other variables and groups.</param>
/// <param name="Rank">Which kind of line comes first.</param>
/// <param name="Length">Of two of one kind the longer comes first.</param>
/// <param name="Name">The server name that it is about, if it is about one.</param>
internal sealed record NginxEntry(Clause When, string Value, int Rank = 0, int Length = 0, NginxName? Name = null)
{
    private const string NameVariable = "$ssl_preread_server_name";

    /// <summary>With groups of its expression, and the whole name where it is used, as an address has them here.</summary>
    public NginxEntry WithCaptures()
    {
        if (Name is not { } name || !Value.Contains('$', StringComparison.Ordinal))
            return this;
        var value = name.Rank == 3 ? Groups(Value) : Value;
        if (!value.Contains(NameVariable, StringComparison.Ordinal))
            return this with { Value = value };
        return name.Rank == 0
            ? this with { Value = value.Replace(NameVariable, name.Sni, StringComparison.Ordinal) }
            : this with { Value = value.Replace(NameVariable, $"{{{NginxName.WholeName}}}", StringComparison.Ordinal), When = name.Captured };
    }

    private string Groups(string value)
    {
        if (!L4Proxy.Names.SniRegexPattern.TryParse(Name!.Value.Regex, out var regex, out _))
            return value;
        // The longer names first: one may begin with another.
        foreach (var group in regex.CaptureNames.OrderByDescending(group => group.Length))
            value = value.Replace($"${group}", $"{{{group}}}", StringComparison.Ordinal);
        return value;
    }
}
