using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using L4Proxy.Destinations;
using L4Proxy.Names;

namespace L4Proxy.Store;

/// <summary>What may stand in a record: whatever passes is a route that is valid by itself, and a line of a hosts file.</summary>
internal static class RecordCheck
{
    /// <summary>The longest name: ids of routes are made of it.</summary>
    public const int MaxName = 120;

    /// <summary>The most targets of a name.</summary>
    public const int MaxTargets = 64;

    /// <summary>What a name is, for a message.</summary>
    public static readonly string NameRule = $"A name is a host name of at most {MaxName} characters, in lower case: labels of letters, digits and '-', and not an address.";

    /// <summary>Whether a text is a name of a record.</summary>
    public static bool IsName(string name) => name.Length <= MaxName && HostName.IsStrictName(name) && !name.Contains('_', StringComparison.Ordinal) && !HostName.LooksLikeAddress(name)
        && !name.Any(char.IsAsciiLetterUpper);

    /// <summary>The address that DNS gives; null where that is none.</summary>
    public static IPAddress? AddressOf(string? ip) => ip is not null && !ip.Contains('%', StringComparison.Ordinal)
        && IPAddress.TryParse(ip, out var address) && address.ToString() == ip ? address : null;

    /// <summary>Everything that is wrong with a record.</summary>
    public static IEnumerable<L4ConfigError> ErrorsOf(StoreRecord record, string name, ConfigPath path)
    {
        if (!IsName(name))
            yield return new(path.ToString(), NameRule);
        if (record.Ip is not null && AddressOf(record.Ip) is null)
            yield return new(path["Ip"].ToString(), $"{Quote.Text(record.Ip)} is no IP address as it is written shortest, without a scope.");
        var (targets, at) = (record.Targets ?? new Dictionary<string, StoreTarget>(), path["Targets"]);
        if (record.Ip is null && targets.Count == 0)
            yield return new(path.ToString(), "The record says nothing: it needs an 'ip', or 'targets', or both.");
        if (targets.Count > MaxTargets)
            yield return new(at.ToString(), $"A name has at most {MaxTargets} targets.");
        if (targets.Values.Select(target => StoreTarget.Keys.Protocol.Of(target)).Distinct().Count() > 1)
            yield return new(at.ToString(), "All targets of a name speak the same protocol.");
        foreach (var (service, target) in targets)
        {
            if (!ConfigId.IsValid(service))
                yield return new(at.ToString(), $"{Quote.Text(service)} is no service. {ConfigId.Rule}");
            else if (WhatIsWrongWith(target.Address) is { } error)
                yield return new(at[service]["Address"].ToString(), error);
        }
    }

    /// <summary>What is wrong with where a target is; null where nothing is.</summary>
    public static string? WhatIsWrongWith(string? address)
    {
        if (address is null)
            return null;
        if (!DestinationAddress.TryParse(address, out var parsed, out var error))
            return Quote.Plain(error, maxLength: 512);
        return parsed is { IsTemplate: false, Kind: DestinationAddressKind.Host or DestinationAddressKind.Ip } ? null : $"{Quote.Text(address)} is not 'host:port'.";
    }
}
