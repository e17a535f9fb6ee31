using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Matching;

namespace L4Proxy.Http;

/// <summary>
/// Leaves routes of HTTP requests out of ASP.NET's own tables: they are found by <see cref="HttpRouteIndex"/>, on their endpoints alone, and cost the application's
/// other requests nothing, however many they are.
/// </summary>
internal sealed class HttpRoutePolicy : MatcherPolicy, INodeBuilderPolicy
{
    // Before any other is asked.
    public override int Order => int.MinValue;

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) => endpoints.Any(endpoint => YarpEndpoints.OursOf(endpoint) is not null);

    public IReadOnlyList<PolicyNodeEdge> GetEdges(IReadOnlyList<Endpoint> endpoints) =>
        [new PolicyNodeEdge("app", [.. endpoints.Where(endpoint => YarpEndpoints.OursOf(endpoint) is null)])];

    public PolicyJumpTable BuildJumpTable(int exitDestination, IReadOnlyList<PolicyJumpTableEdge> edges) =>
        new OnlyWay(edges.Count == 0 ? exitDestination : edges[0].Destination);

    private sealed class OnlyWay(int destination) : PolicyJumpTable
    {
        public override int GetDestination(HttpContext httpContext) => destination;
    }
}
