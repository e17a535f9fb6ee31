using System.Text;
using L4Proxy.Requests;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace L4Proxy.Http;

/// <summary>Answers of a route's own: redirects, and what <see cref="FixedAnswer"/> says. No destination hears of such a request.</summary>
internal static class RequestAnswers
{
    private const string PlainText = "text/plain; charset=utf-8";

    /// <summary>What a request asks for, as its client wrote it.</summary>
    public static RequestUrl UrlOf(HttpContext context, string asked) =>
        RequestUrl.Of(context.Request.IsHttps, asked, context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "");

    /// <summary>Sends the client elsewhere.</summary>
    public static Task RedirectAsync(HttpContext context, Redirection redirect, string url)
    {
        var method = context.Request.Method;
        context.Response.StatusCode = redirect.StatusFor(HttpMethods.IsGet(method) || HttpMethods.IsHead(method));
        context.Response.Headers.Location = url;
        context.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    /// <summary>Answers as it is said.</summary>
    public static async Task SayAsync(HttpContext context, FixedAnswer answer, RequestUrl url)
    {
        if (answer.Aborts)
        {
            context.Abort();
            return;
        }
        var response = context.Response;
        response.StatusCode = answer.Status;
        if (answer.Body is not null)
            response.ContentType = PlainText;
        foreach (var (name, value) in answer.Headers)
            response.Headers[name] = value.Expand(url);
        if (answer.Closes)
            context.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        if (answer.Closes && HttpProtocol.IsHttp11(context.Request.Protocol))
            response.Headers.Connection = "close";
        if (answer.Body is null)
        {
            if (answer.Status is not (StatusCodes.Status204NoContent or StatusCodes.Status205ResetContent or StatusCodes.Status304NotModified))
                response.ContentLength = 0;
            return;
        }
        var body = Encoding.UTF8.GetBytes(answer.Body.Expand(url));
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await response.Body.WriteAsync(body, context.RequestAborted);
    }
}
