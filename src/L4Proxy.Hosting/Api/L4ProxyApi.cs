using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using L4Proxy.Store;
using Microsoft.Extensions.Logging;
using Scalar.AspNetCore;

namespace L4Proxy.Api;

/// <summary>The admin API: everything that its parts can do, behind one guard and with one way to say what is wrong.</summary>
internal sealed class L4ProxyApi(IEnumerable<IApiPart> parts, ApiListeners listeners, ILogger<L4ProxyApi> log)
{
    private const string Version = "/v1";

    // What stands at the root is there once, however many prefixes there are.
    private bool _hasRoot;

    /// <summary>All that it can do.</summary>
    public IEnumerable<ApiOperation> Operations => parts.SelectMany(part => part.Operations);

    public IEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints, string prefix, L4ProxyApiOptions options)
    {
        foreach (var part in parts)
            part.Begin(options);
        listeners.Add(options);
        var guard = new ApiGuard(options);
        var group = endpoints.MapGroup("");
        foreach (var operation in Operations.Where(operation => !operation.IsAtRoot || !_hasRoot))
        {
            group.MapMethods(operation.IsAtRoot ? operation.Path : prefix + Version + operation.Path, [operation.Method], http => ServeAsync(http, operation, guard, options))
                .WithName($"L4Proxy.{prefix}.{operation.Id}").WithDisplayName($"L4Proxy API {operation.Id}").WithMetadata(operation);
        }
        MapDocument(group, prefix, guard, options);
        _hasRoot = true;
        return group;
    }

    /// <summary>The description of the API, and a page that shows it.</summary>
    private void MapDocument(RouteGroupBuilder group, string prefix, ApiGuard guard, L4ProxyApiOptions options)
    {
        var file = new ApiOperation("GET", "/openapi.json", "getDocument", "This document.", call => OpenApiFile.WriteAsync(call.Http, prefix + Version));
        group.MapMethods(prefix + Version + file.Path, [file.Method], http => ServeAsync(http, file, guard, options)).WithDisplayName("L4Proxy API document");
        group.MapScalarApiReference($"{prefix}/docs", (page, http) => page
                .WithOpenApiRoutePattern($"{http.Request.PathBase}{prefix}{Version}/openapi.json").WithTitle("L4Proxy")
                // Nothing comes from elsewhere, and nothing goes there: it works without a network, and the API is nobody else's business.
                .DisableDefaultFonts().DisableTelemetry().DisableAgent().DisableMcp().HideClientButton().HideDeveloperTools())
            .AddEndpointFilter(async (context, next) =>
            {
                try
                {
                    guard.Check(context.HttpContext);
                }
                catch (ApiProblem problem)
                {
                    return Results.Problem(problem.Message, statusCode: problem.Status);
                }
                return await next(context);
            });
    }

    private async Task ServeAsync(HttpContext http, ApiOperation operation, ApiGuard guard, L4ProxyApiOptions options)
    {
        var call = new ApiCall(http, options);
        try
        {
            guard.Check(http);
            await operation.Handle(call);
        }
        catch (ApiProblem problem) when (!http.Response.HasStarted)
        {
            await call.AnswerAsync(problem.Status, problem.Write, "application/problem+json");
        }
        catch (StoreUnavailableException e) when (!http.Response.HasStarted)
        {
            log.StoreNotThere(e, call.Action);
            http.Response.Headers.RetryAfter = "1";
            await call.AnswerAsync(StatusCodes.Status503ServiceUnavailable, new ApiProblem(StatusCodes.Status503ServiceUnavailable, $"The store is not there: {e.Message}").Write, "application/problem+json");
        }
        catch (StoreException e) when (!http.Response.HasStarted)
        {
            await call.AnswerAsync(StatusCodes.Status409Conflict, new ApiProblem(StatusCodes.Status409Conflict, e.Message).Write, "application/problem+json");
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for the answer.
        }
    }
}
