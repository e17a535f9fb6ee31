using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace L4Proxy.Api;

/// <summary>Why a request is not done (RFC 9457).</summary>
/// <param name="status">The status code.</param>
/// <param name="detail">What is wrong, for people.</param>
/// <param name="errors">Each single thing that is wrong.</param>
internal sealed class ApiProblem(int status, string detail, IReadOnlyList<ApiError>? errors = null) : Exception(detail)
{
    public int Status => status;

    public IReadOnlyList<ApiError> Errors => errors ?? [];

    public static ApiProblem Bad(string detail, IReadOnlyList<ApiError>? errors = null) => new(StatusCodes.Status400BadRequest, detail, errors);

    public static ApiProblem NotFound(string detail) => new(StatusCodes.Status404NotFound, detail);

    public static ApiProblem Conflict(string detail, IReadOnlyList<ApiError>? errors = null) => new(StatusCodes.Status409Conflict, detail, errors);

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type", "about:blank");
        json.WriteString("title", ReasonPhrases.GetReasonPhrase(status));
        json.WriteNumber("status", status);
        json.WriteString("detail", Message);
        if (Errors.Count > 0)
        {
            json.WritePropertyName("errors");
            ApiError.Write(json, Errors);
        }
        json.WriteEndObject();
    }
}
