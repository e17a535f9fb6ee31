using L4Proxy.Configuration.Reading;
using L4Proxy.Names;
using L4Proxy.Store;

namespace L4Proxy.Api.Records;

/// <summary>What clients leave out.</summary>
internal static class RecordDefaults
{
    /// <summary>Checks the options.</summary>
    /// <exception cref="ArgumentException">One is wrong.</exception>
    public static void Check(L4RecordsOptions options)
    {
        if (options.Domain is { } domain && !RecordCheck.IsName(domain))
            throw new ArgumentException($"Records.Domain is no domain name in lower case: '{domain}'.", nameof(options));
        if (options.Address is { } address && RecordCheck.AddressOf(address) is null)
            throw new ArgumentException($"Records.Address is no IP address: '{address}'.", nameof(options));
        if (options.DefaultTarget is { } target && RecordCheck.WhatIsWrongWith(AddressOf(target, 1)) is not null)
            throw new ArgumentException($"Records.DefaultTarget is no host: '{target}'.", nameof(options));
    }

    /// <summary>The whole name of a record, in its one spelling.</summary>
    /// <exception cref="ApiProblem">It is no name.</exception>
    public static string NameOf(string name, L4RecordsOptions options)
    {
        var trimmed = name.Trim();
        var whole = options.Domain is { } domain && !trimmed.Contains('.', StringComparison.Ordinal) ? $"{trimmed}.{domain}" : trimmed;
        return HostName.TryNormalise(whole, out var normal, out _) && RecordCheck.IsName(normal) ? normal
            : throw ApiProblem.Bad($"'{Quote.Plain(name)}' is no name. {RecordCheck.NameRule}");
    }

    /// <summary>The name as a client of the domain gave it: one label, where it can be.</summary>
    public static string ShortNameOf(string name, L4RecordsOptions options) => options.Domain is { } domain && name.Length > domain.Length + 1
        && name.EndsWith($".{domain}", StringComparison.Ordinal) && name.IndexOf('.', StringComparison.Ordinal) == name.Length - domain.Length - 1
        ? name[..^(domain.Length + 1)]
        : name;

    /// <summary>A host with a port.</summary>
    public static string AddressOf(string host, int port) => host.Contains(':', StringComparison.Ordinal) ? $"[{host.Trim('[', ']')}]:{port}" : $"{host}:{port}";
}
