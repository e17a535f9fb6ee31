var builder = WebApplication.CreateBuilder(args);
builder.Services.AddL4Proxy().LoadFromConfig(builder.Configuration.GetSection("L4Proxy"));
builder.Services.AddReverseProxy().LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"));
var app = builder.Build();
app.MapReverseProxy();
app.Run();
