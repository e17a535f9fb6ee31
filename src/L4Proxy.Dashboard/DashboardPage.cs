using System.Text;
using System.Text.Encodings.Web;
using L4Proxy.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace L4Proxy.Dashboard;

/// <summary>Serves the page and its files. There is no data in them: what the page shows, its user's browser asks the API for.</summary>
internal sealed class DashboardPage(string path, L4ProxyDashboardOptions options)
{
    // Nothing comes from elsewhere and nothing goes there; no other page frames it; scripts and styles stand in files alone.
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public IEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints)
    {
        // By whatever name it is asked for: there is nothing to know in it.
        var guard = new ApiGuard(new L4ProxyApiOptions { AllowedHosts = { "*" } });
        var group = endpoints.MapGroup(path);
        foreach (var file in DashboardFile.All())
            group.MapGet(file.Name == DashboardFile.Index ? "/" : $"/{file.Name}", http => ServeAsync(http, file, guard)).WithDisplayName($"L4Proxy dashboard {file.Name}");
        return group;
    }

    private Task ServeAsync(HttpContext http, DashboardFile file, ApiGuard guard)
    {
        try
        {
            if (!options.AskForToken)
                guard.Check(http);
        }
        catch (ApiProblem problem)
        {
            return Results.Problem(problem.Message, statusCode: problem.Status).ExecuteAsync(http);
        }
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        if (file.Name != DashboardFile.Index)
            return AnswerAsync(http, file);
        // Its files are named relative to it.
        if (!http.Request.Path.Value!.EndsWith('/'))
            return Results.LocalRedirect($"~{http.Request.Path}/").ExecuteAsync(http);
        headers.CacheControl = "no-store";
        http.Response.ContentType = file.ContentType;
        return http.Response.WriteAsync(Fill(Encoding.UTF8.GetString(file.Content), http.Request.PathBase), http.RequestAborted);
    }

    private static Task AnswerAsync(HttpContext http, DashboardFile file)
    {
        // Asked for again each time, and not sent again: after an update no old file is left.
        http.Response.Headers.CacheControl = "no-cache";
        return Results.Bytes(file.Content, file.ContentType, entityTag: new(file.ETag)).ExecuteAsync(http);
    }

    private string Fill(string page, PathString pathBase) => page
        .Replace("{api}", HtmlEncoder.Default.Encode($"{pathBase}{options.ApiPrefix.TrimEnd('/')}/v1"), StringComparison.Ordinal)
        .Replace("{token}", options.AskForToken ? "true" : "false", StringComparison.Ordinal);
}
