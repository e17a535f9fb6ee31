using System.Text.Json;
using L4Proxy.Api.Objects;
using L4Proxy.Configuration.Reading;
using L4Proxy.Store;
using Microsoft.AspNetCore.Http;

namespace L4Proxy.Api.Ports;

/// <summary>Ports that nobody gets.</summary>
internal sealed class ReservedPortPart(ObjectCatalog catalog, ObjectWriter writer, StoreSession store) : IApiPart
{
    private static readonly (string, string)[] s_query = [ApiOperation.DryRun, ApiOperation.Owner];

    public IEnumerable<ApiOperation> Operations =>
    [
        new("GET", "/reserved-ports", "listReservedPorts", "All reserved ports, those by default as well.", ListAsync) { Answer = "ReservedPort", IsList = true },
        new("GET", "/reserved-ports/{port}", "getReservedPort", "One reserved port.", GetAsync) { Answer = "ReservedPort", IsConditional = true },
        new("PUT", "/reserved-ports/{port}", "putReservedPort", "Reserves a port; or, with reserved: false, lifts the reservation of one that is reserved by default.", PutAsync)
        {
            Body = "ReservedPort", Answer = "ReservedPort", IsConditional = true, Query = s_query,
        },
        new("DELETE", "/reserved-ports/{port}", "deleteReservedPort", "Takes away what was said of a port.", DeleteAsync)
        {
            Success = StatusCodes.Status204NoContent, IsConditional = true, Query = s_query,
        },
    ];

    private Task ListAsync(ApiCall call) => call.AnswerAsync(Reservation.AllOf(store.Current).Values, (json, item) => item.Write(json));

    private Task GetAsync(ApiCall call)
    {
        var port = PortPath.PortOf(call);
        return Find(store.Current, port) is { } found ? Precondition.AnswerAsync(call, found.ETag, found.Write) : throw Missing(port);
    }

    private async Task PutAsync(ApiCall call)
    {
        var port = PortPath.PortOf(call);
        using var body = await call.ReadAsync();
        var (said, saidOwner) = Read(port, body.RootElement);
        var owner = ObjectWriter.OwnerOf(call, saidOwner);
        var reservation = new Reservation(port, said.Protocol, Quote.Plain(said.Reason ?? "reserved"), owner, ReservationBody.Keys.Reserved.Of(said));
        var isNew = false;
        var outcome = await store.ChangeAsync(
            state =>
            {
                var before = state.Find(StoreKind.ReservedPort, Reservation.IdOf(port));
                isNew = before is null;
                // One that is there by default is there.
                Precondition.Check(call.Http.Request, Find(state, port)?.ETag);
                CheckIsOwn(before, owner);
                CheckIsFree(state, reservation);
                return writer.PlanOf(state, [StoreChange.Put(reservation.ToItem())], owner, call.Action);
            },
            () => call.IsTrial, call.Aborted);
        ObjectWriter.SayAbout(call, reservation.ETag, outcome.State);
        await call.AnswerAsync(isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK, reservation.Write);
    }

    private async Task DeleteAsync(ApiCall call)
    {
        var (port, owner) = (PortPath.PortOf(call), ObjectWriter.OwnerOf(call, null));
        var outcome = await store.ChangeAsync(
            state =>
            {
                var item = state.Find(StoreKind.ReservedPort, Reservation.IdOf(port)) ?? throw (Reservation.IsDefault(port)
                    ? ApiProblem.Conflict($"Port {port} is reserved by default. To lift that, PUT {{ \"reserved\": false }}.") : Missing(port));
                Precondition.Check(call.Http.Request, EntityTag.Of(item));
                CheckIsOwn(item, owner);
                return writer.PlanOf(state, [StoreChange.Remove(item)], owner, call.Action);
            },
            () => call.IsTrial, call.Aborted);
        ObjectWriter.SayRevision(call, outcome.State);
        await call.AnswerAsync(StatusCodes.Status204NoContent);
    }

    private static Reservation? Find(StoreState state, int port) => Reservation.AllOf(state).GetValueOrDefault(port);

    private static (ReservationBody Body, string? Owner) Read(int port, JsonElement element)
    {
        var read = ApiBody.Read<ReservationBody>(element, ReservationBody.Keys.Shape, $"reserved port {port}", "port");
        if (!ReservationBody.Keys.Reserved.Of(read.Value) && !Reservation.IsDefault(port))
            throw ApiBody.Wrong(ReservationBody.Keys.Reserved, $"Port {port} is not reserved by default: to lift its reservation, delete it.");
        return read;
    }

    private static void CheckIsOwn(StoreItem? item, string owner)
    {
        if (item is not null && item.Owner != owner)
            throw ApiProblem.Conflict($"reserved port {item.Id} belongs to owner '{item.Owner}', and '{owner}' cannot touch it.");
    }

    // Who has it already would have it against the reservation, and no change of that endpoint would go through.
    private void CheckIsFree(StoreState state, Reservation reservation)
    {
        var endpoints = new PortHolders(catalog, state);
        foreach (var protocol in Enum.GetValues<PortProtocol>().Where(reservation.Holds))
        {
            if (endpoints.Find(protocol, reservation.Port) is { Owner: not null } holder)
                throw ApiProblem.Conflict($"Port {reservation.Port} cannot be reserved: {holder.Name} listens on it.");
            if (PortAllocation.AllOf(state).FirstOrDefault(given => given.Port == reservation.Port && given.Protocol == protocol) is { } allocation)
                throw ApiProblem.Conflict($"Port {reservation.Port} cannot be reserved: the pool '{allocation.Pool}' has given it to {allocation.Name}.");
        }
    }

    private static ApiProblem Missing(int port) => ApiProblem.NotFound($"Port {port} is not reserved.");
}
