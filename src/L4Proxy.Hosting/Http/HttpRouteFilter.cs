using L4Proxy.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace L4Proxy.Http;

/// <summary>Puts <see cref="HttpRouteMiddleware"/> around all of the app's.</summary>
internal sealed class HttpRouteFilter(HttpRoutes routes, HttpEndpoints endpoints, YarpEndpoints yarp, ApiListeners api) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(inner => new HttpRouteMiddleware(inner, routes, endpoints, yarp, api).InvokeAsync);
        next(app);
    };
}
