using System.Text.Json;
using L4Proxy.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace L4Proxy.Providers.Caddy.Admin;

/// <summary>Puts Caddy's paths among the endpoints of an application, behind the guard of L4Proxy's own API.</summary>
internal static class CaddyApi
{
    public static IEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints, CaddyAdmin admin, L4ProxyApiOptions options)
    {
        // An agent that is refused a read, but not a write, overwrites everything by what it has kept.
        var unhurried = new L4ProxyApiOptions { MaxRequestBodySize = options.MaxRequestBodySize, MaxRequestsPerSecond = int.MaxValue };
        unhurried.AllowedHosts.Clear();
        options.AllowedHosts.ToList().ForEach(unhurried.AllowedHosts.Add);
        options.AllowedOrigins.ToList().ForEach(unhurried.AllowedOrigins.Add);
        var guard = new ApiGuard(unhurried);
        var group = endpoints.MapGroup("");
        Add("/config/{**path}", (http, path) => admin.ConfigAsync(http, path));
        Add("/id/{**path}", (http, path) => admin.IdAsync(http, path));
        Add("/load", (http, _) => admin.LoadAsync(http));
        Add("/stop", (_, _) => throw new CaddyProblem(StatusCodes.Status403Forbidden, "this is L4Proxy, which nobody ends from here"));
        return group;

        void Add(string pattern, Func<HttpContext, string, Task> serve) =>
            group.Map(pattern, http => ServeAsync(http, guard, options.MaxRequestBodySize, () => serve(http, http.Request.RouteValues["path"] as string ?? "")))
                .WithDisplayName($"L4Proxy Caddy API {pattern}");
    }

    private static async Task ServeAsync(HttpContext http, ApiGuard guard, long maxBody, Func<Task> serve)
    {
        try
        {
            guard.Check(http);
            http.Request.Body = new BoundedStream(http.Request.Body, maxBody, () => new CaddyProblem(StatusCodes.Status413PayloadTooLarge, $"request body is longer than {maxBody} bytes"));
            await serve();
        }
        catch (ApiProblem problem) when (!http.Response.HasStarted)
        {
            await FailAsync(http, problem.Status, problem.Message);
        }
        catch (CaddyProblem problem) when (!http.Response.HasStarted)
        {
            await FailAsync(http, problem.Status, problem.Message);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for the answer.
        }
    }

    private static Task FailAsync(HttpContext http, int status, string message)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        return http.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["error"] = message }), http.RequestAborted).AsTask();
    }
}
