using System.Globalization;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using L4Proxy.Explaining.Clients;
using L4Proxy.Limits;
using L4Proxy.Routing;
using L4Proxy.Routing.Explaining;
using L4Proxy.Snapshot;

namespace L4Proxy.Explaining;

/// <inheritdoc/>
internal sealed class RouteExplainer(ProxyServer server, ConfigLoader loader, SharedAddresses? shared = null) : IL4RouteExplainer
{
    // Routes of one host, and prefixes of a route, that are listed.
    private const int MostByPath = 5;

    public L4RouteExplanation Explain(L4ImaginedConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var firstBytes = FirstBytesOf(connection);
        var snapshot = server.Snapshot.Revision > 0 ? server.Snapshot : loader.Preview();
        if (!new EndpointFinder(snapshot, shared).TryFind(connection, out var place, out var error))
            return new() { Outcome = L4ExplainedOutcome.NoEndpoint, Summary = error, Notes = [.. NotesOfRecords(snapshot, connection)] };
        var endpoint = place.Endpoint;
        if (Denies(endpoint.Firewall, connection))
        {
            return new() { EndpointId = endpoint.Id, Outcome = L4ExplainedOutcome.FirewallDenied, Summary = $"Endpoint '{endpoint.Id}': its Firewall denies the client." };
        }
        var preface = ImaginedPreface.Of(endpoint, firstBytes);
        var facts = new ConnectionFacts
        {
            ClientAddress = connection.ClientAddress,
            LocalAddress = place.Address,
            LocalPort = place.Ports.Low,
            ProxyHeader = connection.ProxyHeader,
            Preface = preface.Info,
            Bytes = preface.Bytes,
            IsDatagram = endpoint.IsUdp,
        };
        var table = TableExplainer.Explain(endpoint.Routes, endpoint.IsUdp ? facts : ImaginedStartTls.Answer(endpoint, facts));
        return Of(endpoint, table, connection, [.. NotesOf(endpoint, table, preface, connection), .. endpoint.IsShared && table.Winner is null ? NotesOfRecords(snapshot, connection) : []]);
    }

    /// <summary>The routes of HTTP requests that the winner's connection may bring requests for, by their paths; the winner alone where it has them all.</summary>
    private static List<RouteModel> ByPathOf(EndpointModel endpoint, TableExplanation table)
    {
        if (table.Winner is not { Route: { Config.IsHttp: true } winner, Pattern: { } name })
            return [];
        var others = table.Verdicts.Where(verdict => verdict.Standing == L4RouteStanding.ComesAfter).Select(verdict => verdict.RouteId).ToHashSet(StringComparer.Ordinal);
        var all = endpoint.Routes.Routes.Where(route => route == winner || (route.Config.IsHttp && others.Contains(route.Id))).ToList();
        var ofName = all.FindAll(route => route == winner || (route.Order == winner.Order && route.Match.Hosts!.Any(host => host.ToString() == name.ToString())));
        // What none of the same name has is left to those that come after.
        return [.. (ofName.Exists(route => route.Config.Match?.Path is null) ? ofName : all).Take(MostByPath)];
    }

    private static string SayByPath(List<RouteModel> routes) => string.Join(", ", routes.Select(
        route => $"'{route.Id}' has {(route.Config.Match?.Path is { } paths ? string.Join(' ', paths.Take(MostByPath).Select(path => Quote.Text(path))) : "all")} ({WhereOf(route)})"));

    /// <summary>What becomes of a request that comes by a route.</summary>
    private static string WhereOf(RouteModel route)
    {
        List<string> parts = [];
        if (route.Config.Http?.Redirect is { } redirect)
            parts.Add($"redirected to {Quote.Text(redirect.Url ?? "")}{(redirect.Regex is null ? "" : $" where the URL matches {Quote.Text(redirect.Regex)}")}");
        if (route.Config.Http?.Respond is { } answer)
            parts.Add(answer.Abort == true ? "cut off" : string.Create(CultureInfo.InvariantCulture, $"answered with {L4Respond.Keys.Status.Of(answer)}"));
        if (route.Cluster is { } cluster)
            parts.Add($"cluster '{cluster.Id}'{(route.Config.Http?.Rewrite is null ? "" : ", with another path")}");
        return string.Join(", else ", parts);
    }

    private static IReadOnlyList<ReadOnlyMemory<byte>> FirstBytesOf(L4ImaginedConnection connection)
    {
        try
        {
            return ImaginedClients.FirstBytesOf(connection);
        }
        catch (FormatException e)
        {
            throw new ArgumentException(e.Message, nameof(connection), e);
        }
    }

    private static L4RouteExplanation Of(EndpointModel endpoint, TableExplanation table, L4ImaginedConnection connection, IReadOnlyList<string> notes)
    {
        var route = table.Winner?.Route;
        var byPath = ByPathOf(endpoint, table);
        var (outcome, what) = route switch
        {
            null => endpoint.IsShared ? (L4ExplainedOutcome.Http, "no route takes it, HTTP gets it")
                : (L4ExplainedOutcome.NoRoute, $"no route takes it, it is {(endpoint.IsUdp ? "dropped" : "rejected")}"),
            _ when Denies(route.Firewall, connection) => (L4ExplainedOutcome.FirewallDenied, $"route '{route.Id}' takes it, and its Firewall denies the client"),
            { Action: L4RouteAction.Reject } => (L4ExplainedOutcome.Rejected, $"route '{route.Id}' takes it and rejects it"),
            { Action: L4RouteAction.Http } when byPath.Count > 1 || route.Config.Match?.Path is not null && route.Config.IsHttp =>
                (L4ExplainedOutcome.Http, $"route '{route.Id}' takes it, to HTTP, and its requests go by their paths: {SayByPath(byPath)}"),
            { Action: L4RouteAction.Http, Config.Http: not null } => (L4ExplainedOutcome.Http, $"route '{route.Id}' takes it, to HTTP, and its requests: {WhereOf(route)}"),
            { Action: L4RouteAction.Http, Cluster: { } cluster } => (L4ExplainedOutcome.Http, $"route '{route.Id}' takes it, to HTTP, and its requests go to cluster '{cluster.Id}'"),
            { Action: L4RouteAction.Http } => (L4ExplainedOutcome.Http, $"route '{route.Id}' takes it, to HTTP"),
            _ => (L4ExplainedOutcome.Proxied, $"route '{route.Id}' takes it, to cluster '{route.Cluster?.Id}'"),
        };
        return new()
        {
            EndpointId = endpoint.Id,
            Outcome = outcome,
            RouteId = route?.Id,
            ClusterId = byPath.Count <= 1 && outcome is (L4ExplainedOutcome.Proxied or L4ExplainedOutcome.Http) ? route?.Cluster?.Id : null,
            Summary = $"Endpoint '{endpoint.Id}': {what}.",
            Notes = notes,
            Routes = table.Verdicts,
        };
    }

    private static IEnumerable<string> NotesOf(EndpointModel endpoint, TableExplanation table, ImaginedPreface preface, L4ImaginedConnection connection)
    {
        if (table.Waits && preface.IsFull)
            yield return "That is decided when MaxPrefaceBytes are there.";
        else if (table.Waits)
            yield return string.Create(CultureInfo.InvariantCulture, $"It waits for what was not given, for up to PrefaceTimeout ({endpoint.PrefaceTimeout / 1000.0:0.###} s); the answer is what follows then.");
        if (table.IsUnasked)
            yield return "Matchers of the application are not asked; the answer is what follows where they say no.";
        if (connection.ClientAddress is null && (endpoint.Firewall != Firewall.Open || (table.Winner?.Route.Firewall ?? Firewall.Open) != Firewall.Open))
            yield return "There is a Firewall, and the client's address was not given.";
        if (endpoint.IsUdp && preface.IsEmpty)
            yield return "No datagram was given; an empty one is explained.";
    }

    /// <summary>The records that requests for its names go by: wherever Kestrel serves, where no endpoint of L4Proxy's is as well.</summary>
    private static IEnumerable<string> NotesOfRecords(ProxySnapshot snapshot, L4ImaginedConnection connection) =>
        from name in connection.Says.Where(item => item.Key is "sni" or "host").Select(item => item.Value).Distinct(StringComparer.OrdinalIgnoreCase)
        let route = snapshot.HttpRoutes.FirstOrDefault(route => route.Config.IsOnKestrel && route.Config.Match!.Sni!.Contains(name, StringComparer.OrdinalIgnoreCase))
        where route is not null && !connection.IsUdp
        select $"Where Kestrel gets it, requests for {Quote.Text(name)} go by the record of that name to cluster '{route.Cluster?.Id}'.";

    /// <summary>Whether it denies a client that is known.</summary>
    private static bool Denies(Firewall firewall, L4ImaginedConnection connection) => connection.ClientAddress is { } client && !firewall.Admits(client);
}
