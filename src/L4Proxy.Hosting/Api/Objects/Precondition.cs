using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace L4Proxy.Api.Objects;

/// <summary>Conditions of a request (RFC 9110 section 13.1).</summary>
internal static class Precondition
{
    /// <summary>Checks them for something that is changed.</summary>
    /// <param name="request">The request.</param>
    /// <param name="etag">Its entity tag; null where it is not there.</param>
    /// <exception cref="ApiProblem">One does not hold.</exception>
    public static void Check(HttpRequest request, string? etag)
    {
        if (request.Headers.IfMatch is { Count: > 0 } match && !Holds(match, etag))
            throw Failed("If-Match", etag);
        if (request.Headers.IfNoneMatch is { Count: > 0 } noneMatch && Holds(noneMatch, etag))
            throw Failed("If-None-Match", etag);
    }

    /// <summary>Answers with something, or says that who asks has it already.</summary>
    public static Task AnswerAsync(ApiCall call, string etag, Action<Utf8JsonWriter> write)
    {
        call.Http.Response.Headers.ETag = etag;
        return call.Http.Request.Headers.IfNoneMatch is { Count: > 0 } known && Holds(known, etag)
            ? call.AnswerAsync(StatusCodes.Status304NotModified) : call.AnswerAsync(StatusCodes.Status200OK, write);
    }

    private static bool Holds(IList<string?> tags, string? etag)
    {
        if (!EntityTagHeaderValue.TryParseList([.. tags.OfType<string>()], out var values))
            throw ApiProblem.Bad("If-Match and If-None-Match are entity tags in quotes, or *.");
        return etag is not null && values.Any(value => value.Tag == "*" || value.Tag == etag);
    }

    private static ApiProblem Failed(string header, string? etag) =>
        new(StatusCodes.Status412PreconditionFailed, etag is null ? $"{header} does not hold: there is none." : $"{header} does not hold: it is {etag} now.");
}
