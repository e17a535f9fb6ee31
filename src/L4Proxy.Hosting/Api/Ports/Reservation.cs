using System.Globalization;
using System.Text.Json;
using L4Proxy.Api.Objects;
using L4Proxy.Store;

namespace L4Proxy.Api.Ports;

/// <summary>A port that nobody gets.</summary>
/// <param name="Port">The port.</param>
/// <param name="Protocol">What it is of; null is both.</param>
/// <param name="Reason">Why.</param>
/// <param name="Owner">Whose reservation it is; null where it is there by default.</param>
/// <param name="IsReserved">Whether it is one; false lifts the one that is there by default.</param>
internal sealed record Reservation(int Port, PortProtocol? Protocol, string Reason, string? Owner, bool IsReserved)
{
    private const string DefaultReason = "default";

    // Caddy's admin API, and the SSH of who runs the machine.
    private static readonly int[] s_default = [2019, 2222];

    /// <summary>What it is called in messages.</summary>
    public string Name => $"reserved{(Protocol is { } protocol ? $" for {protocol.ToString().ToLowerInvariant()}" : "")} ({Reason})";

    /// <summary>Whether a port is reserved unless something else is said.</summary>
    public static bool IsDefault(int port) => s_default.Contains(port);

    /// <summary>What is said of ports in a state, and what holds of the others; by port.</summary>
    public static SortedDictionary<int, Reservation> AllOf(StoreState state)
    {
        var all = new SortedDictionary<int, Reservation>();
        foreach (var port in s_default)
            all[port] = new Reservation(port, null, DefaultReason, null, IsReserved: true);
        foreach (var said in state[StoreKind.ReservedPort].Values.Select(Of).OfType<Reservation>())
            all[said.Port] = said;
        return all;
    }

    /// <summary>Changes with what is said of it.</summary>
    public string ETag => EntityTag.Of(ToItem());

    /// <summary>How the store has it; of one that is there by default, how it would.</summary>
    public StoreItem ToItem() => new(StoreKind.ReservedPort, IdOf(Port), Owner ?? "",
        ApiBody.Write(ReservationBody.Keys.Shape, new ReservationBody { Protocol = Protocol, Reason = Reason, Reserved = IsReserved ? null : false }));

    /// <summary>The id of a port in the store.</summary>
    public static string IdOf(int port) => port.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether it keeps a port of a protocol from everybody.</summary>
    public bool Holds(PortProtocol protocol) => IsReserved && (Protocol is null || Protocol == protocol);

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("port", Port);
        if (Protocol is { } protocol)
            json.WriteString("protocol", protocol.ToString().ToLowerInvariant());
        json.WriteString("reason", Reason);
        json.WriteBoolean("reserved", IsReserved);
        if (Owner is not null)
            json.WriteString("owner", Owner);
        json.WriteEndObject();
    }

    private static Reservation? Of(StoreItem item) =>
        int.TryParse(item.Id, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && ApiBody.ReadStored<ReservationBody>(item, ReservationBody.Keys.Shape) is { } body
            ? new Reservation(port, body.Protocol, body.Reason ?? "", item.Owner, ReservationBody.Keys.Reserved.Of(body)) : null;
}
