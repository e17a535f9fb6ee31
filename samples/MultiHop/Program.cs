// Two L4Proxys in a row, as two processes: an edge that passes TLS through by its name and says who the client is, and an
// origin that believes the edge, ends TLS and gives each request to a web application over HTTP/2. docs/multi-hop.md says more.
//
//   dotnet run --project samples/MultiHop
//
// All there is to say is in edge.json and origin.json; a change of either takes effect at once. Ctrl+C and SIGTERM end both.

using L4Proxy.Configuration;
using L4Proxy.MultiHop;

try
{
    return await (args is ["edge"] ? Edge.RunAsync() : Origin.RunAsync());
}
catch (L4ConfigException)
{
    // The log says all that is wrong with it.
    return 1;
}
