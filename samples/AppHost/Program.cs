// A broker, a database, a name server and a web application behind one gateway: dotnet run --project samples/AppHost
var builder = DistributedApplication.CreateBuilder(args);

var broker = builder.AddProject<Projects.Broker>("broker").WithEndpoint(name: "mqtt", scheme: "tcp", env: "PORT", isProxied: false);
var database = builder.AddProject<Projects.Database>("database").WithEndpoint(name: "tls", scheme: "tcp", env: "PORT", isProxied: false);
var names = builder.AddProject<Projects.Names>("names").WithEndpoint(name: "dns", scheme: "udp", protocol: System.Net.Sockets.ProtocolType.Udp, env: "PORT", isProxied: false);
var web = builder.AddProject<Projects.Web>("web").WithHttpEndpoint();

builder.AddProject<Projects.Gateway>("edge")
    .WithTcpRoute("mqtt", broker.GetEndpoint("mqtt"))
    .WithUdpRoute("dns", names.GetEndpoint("dns"), options: new() { UdpResponses = 1 })
    .WithSniRoute("secure", "*.db.localhost", database.GetEndpoint("tls"))
    .WithHttpRoute("web", "*.web.localhost", web.GetEndpoint("http"))
    .WithL4AdminApi();

builder.Build().Run();
