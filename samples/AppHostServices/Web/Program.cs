// A web application.
var app = WebApplication.CreateBuilder(args).Build();
app.MapGet("/", (HttpRequest request) => $"Hello from the web application, asked for as {request.Host.Host} by {request.Headers["X-Forwarded-For"]}.\n");
app.Run();
