using System.Net.Sockets;
using System.Text.Json;
using L4Proxy.Destinations;
using L4Proxy.Store;

namespace L4Proxy.Api.Records;

/// <summary>A service of a name as the DNS manager's clients see it, and how what they ask for changes a record.</summary>
/// <param name="Name">The whole name.</param>
/// <param name="Record">All of it.</param>
/// <param name="Service">The service; null where the name has none.</param>
internal sealed record RootRecord(string Name, StoreRecord Record, string? Service)
{
    private const string Http = "http";
    private const string Https = "https";

    /// <summary>The records of a state: one for each service of each name.</summary>
    public static IEnumerable<RootRecord> All(StoreState state) => state[StoreKind.Record].Values.OrderBy(item => item.Id, StringComparer.Ordinal)
        .Where(item => item.Config is StoreRecord).SelectMany(item => Of(item.Id, (StoreRecord)item.Config!));

    /// <summary>What a record is to be.</summary>
    /// <param name="before">What it is; null where there is none.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="options">What counts where nothing is said.</param>
    /// <param name="failure">Why the request's target is not among its targets, where it is not.</param>
    /// <exception cref="ApiProblem">The request makes no sense.</exception>
    public static StoreRecord Change(StoreRecord? before, RootRecordRequest request, L4RecordsOptions options, out string? failure)
    {
        failure = null;
        if (request.Protocol is not (null or Http or Https))
            throw ApiProblem.Bad("protocol must be http or https");
        if (request.Port is < 1 or > ushort.MaxValue)
            throw ApiProblem.Bad("port must be between 1 and 65535");
        var record = before ?? new StoreRecord();
        var target = record.Targets?.GetValueOrDefault(request.Service) ?? new StoreTarget();
        // What is left out leaves alone what was said before.
        if (request.Port is { } port && AddressOf(request, port, options, out failure) is { } address)
        {
            target = target with { Address = address, Protocol = request.Protocol is Https ? TargetProtocol.Https : null, Enabled = null };
            // As there: services of one's own network mostly have certificates of their own.
            record = record with { SkipVerify = record.SkipVerify ?? (request.Protocol is Https ? true : null) };
        }
        if (request.IsProxyEnabled is { } isEnabled)
            target = target with { Enabled = isEnabled ? null : false };
        return record with
        {
            Ip = request.Ip ?? options.Address ?? record.Ip ?? throw ApiProblem.Bad("ip is required: this gateway was not told an address of its own"),
            Targets = (record.Targets ?? new Dictionary<string, StoreTarget>()).Where(item => item.Key != request.Service).Append(new(request.Service, target)).ToDictionary(),
        };
    }

    /// <summary>Writes it, for clients of the design and of today.</summary>
    public void Write(Utf8JsonWriter json, L4RecordsOptions options)
    {
        var target = Service is null ? null : Record.Targets?.GetValueOrDefault(Service);
        json.WriteStartObject();
        if (Service is not null)
            json.WriteString("service_name", Service);
        json.WriteString("name", RecordDefaults.ShortNameOf(Name, options));
        json.WriteString("type", RecordCheck.AddressOf(Record.Ip) is { AddressFamily: AddressFamily.InterNetworkV6 } ? "AAAA" : "A");
        json.WriteString("ip", Record.Ip ?? "");
        if (target?.Address is { } text && DestinationAddress.TryParse(text, out var address, out _))
            WriteTarget(json, target, address.Address?.ToString() ?? address.Host, address.FixedPort ?? 0);
        json.WriteBoolean("proxy_enabled", target is { IsServing: true });
        json.WriteString("created_at", Record.CreatedAt ?? "");
        json.WriteString("updated_at", Record.UpdatedAt ?? "");
        json.WriteEndObject();
    }

    private static IEnumerable<RootRecord> Of(string name, StoreRecord record) =>
        record.Targets is { Count: > 0 } targets ? targets.Keys.Order(StringComparer.Ordinal).Select(service => new RootRecord(name, record, service))
            : [new RootRecord(name, record, null)];

    private static string? AddressOf(RootRecordRequest request, int port, L4RecordsOptions options, out string? failure)
    {
        var host = request.ForwardToIp ?? request.TargetDevice ?? options.DefaultTarget;
        failure = host is null ? "no target is known" : RecordCheck.WhatIsWrongWith(RecordDefaults.AddressOf(host, port));
        if (failure is null)
            return RecordDefaults.AddressOf(host!, port);
        return request.ForwardToIp is null ? null : throw ApiProblem.Bad($"forward_to_ip: {failure}");
    }

    private void WriteTarget(Utf8JsonWriter json, StoreTarget target, string host, int port)
    {
        json.WriteNumber("port", port);
        json.WriteString("forward_to_ip", host);
        json.WriteStartObject("proxy_rule");
        json.WriteBoolean("enabled", target.IsServing);
        json.WriteString("target_ip", host);
        json.WriteNumber("target_port", port);
        json.WriteString("protocol", StoreTarget.Keys.Protocol.Of(target) == TargetProtocol.Https ? Https : Http);
        json.WriteString("hostname", Name);
        json.WriteString("created_at", target.CreatedAt ?? "");
        json.WriteEndObject();
    }
}
