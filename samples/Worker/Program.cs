// L4Proxy in a host without a web server: a service that relays TCP and UDP and does nothing else.
//
// The section L4Proxy of appsettings.json says all there is to say; here it hands DNS, which speaks both, to two public
// resolvers. A change of the file takes effect at once: flows and connections that are there go on.
//
//   dotnet run --project samples/Worker
//   dig -p 5300 @127.0.0.1 example.com            over UDP
//   dig -p 5300 @127.0.0.1 +tcp example.com       over TCP
//
// Every key can be set from the command line or the environment as well, as in any .NET host:
//
//   dotnet run --project samples/Worker -- --L4Proxy:Endpoints:udp:Url=udp://127.0.0.1:5353
//   L4Proxy__Clusters__resolvers__Destinations__one__Address=192.0.2.53:53 dotnet run --project samples/Worker
//
// Published as one native file it needs no .NET where it runs (docs/deployment.md). The file that it reads and follows is the
// appsettings.json of the directory that it runs in, or of another one:
//
//   dotnet publish samples/Worker -r linux-x64 -p:PublishAot=true -o out
//   out/Worker --contentRoot /etc/l4proxy
//
// Ctrl+C and SIGTERM end it in order: it takes nothing new, and what is there may finish within L4Proxy:ShutdownTimeout.

using L4Proxy.Configuration;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddL4Proxy();
try
{
    await builder.Build().RunAsync();
    return 0;
}
catch (L4ConfigException)
{
    // The log says all that is wrong with it.
    return 1;
}
