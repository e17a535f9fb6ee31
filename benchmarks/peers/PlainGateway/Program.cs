// What samples/Gateway is for a file's sections Kestrel and ReverseProxy, without L4Proxy: the contestant of the shared port.
var builder = WebApplication.CreateEmptyBuilder(new() { EnvironmentName = Environments.Production });
builder.Configuration.AddJsonFile(Path.GetFullPath(args[0]));
builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging")).AddConsole();
builder.WebHost.UseKestrel((context, kestrel) => kestrel.Configure(context.Configuration.GetSection("Kestrel")));
builder.Services.AddRouting();
builder.Services.AddReverseProxy().LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"));

var app = builder.Build();
app.MapReverseProxy();
await app.RunAsync();
