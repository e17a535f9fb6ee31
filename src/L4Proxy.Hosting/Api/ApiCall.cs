using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace L4Proxy.Api;

/// <summary>A request to the API, and its answer.</summary>
internal sealed class ApiCall(HttpContext http, L4ProxyApiOptions options)
{
    private const int FlushAt = 32 * 1024;

    private static readonly JsonWriterOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonDocumentOptions s_strict = new() { MaxDepth = ConfigReader.MaxDepth };

    public HttpContext Http => http;

    public L4ProxyApiOptions Options => options;

    public CancellationToken Aborted => http.RequestAborted;

    /// <summary>What it is called in the audit.</summary>
    public string Action => $"{http.Request.Method} {http.Request.Path.Value}";

    /// <summary>Whether it is only to be checked.</summary>
    public bool IsTrial => Flag("dryRun");

    /// <summary>Whether a stream is asked for; <c>?watch</c> alone means it as well.</summary>
    public bool IsWatch => Query("watch") is "" || Flag("watch");

    /// <summary>A part of the path.</summary>
    public string this[string name] => http.Request.RouteValues[name] as string ?? "";

    /// <summary>The id that the path names.</summary>
    /// <exception cref="ApiProblem">It is none.</exception>
    public string Id => ConfigId.IsValid(this["id"]) ? this["id"] : throw ApiProblem.Bad($"'{Quote.Plain(this["id"])}' is no id. {ConfigId.Rule}");

    /// <summary>What is said behind the question mark; null if it is not.</summary>
    public string? Query(string name) => http.Request.Query[name] is [{ } value, ..] ? value : null;

    /// <summary>Whether something is said behind the question mark to be so.</summary>
    public bool Flag(string name) => Query(name) switch
    {
        null => false,
        var text when text.Equals("true", StringComparison.OrdinalIgnoreCase) => true,
        var text when text.Equals("false", StringComparison.OrdinalIgnoreCase) => false,
        var text => throw ApiProblem.Bad($"'{name}' is true or false, not {Quote.Text(text)}."),
    };

    /// <summary>A number behind the question mark.</summary>
    public int? Number(string name, int min, int max) => Query(name) is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max ? number
        : throw ApiProblem.Bad($"'{name}' is a number from {min} to {max}, not {Quote.Text(text)}.");

    /// <summary>Says where the rest of a list is (RFC 8288).</summary>
    /// <param name="last">The id of the last one of this page.</param>
    public void LinkNext(string last)
    {
        var query = QueryString.Create(http.Request.Query.Where(item => item.Key != "after").Append(new("after", last)));
        http.Response.Headers.Link = $"<{http.Request.PathBase}{http.Request.Path}{query}>; rel=\"next\"";
    }

    /// <summary>Its body.</summary>
    /// <param name="isAnyType">Whether it need not say that it is JSON.</param>
    /// <exception cref="ApiProblem">It is not JSON, or too much.</exception>
    public async Task<JsonDocument> ReadAsync(bool isAnyType = false)
    {
        if (!isAnyType && !http.Request.HasJsonContentType() && http.Request.ContentType is not "application/merge-patch+json")
            throw new ApiProblem(StatusCodes.Status415UnsupportedMediaType, "The body is to be JSON, and Content-Type to say so (application/json).");
        if (http.Request.ContentLength > options.MaxRequestBodySize)
            throw TooLong();
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = options.MaxRequestBodySize;
        try
        {
            return await JsonDocument.ParseAsync(new BoundedStream(http.Request.Body, options.MaxRequestBodySize, TooLong), s_strict, Aborted);
        }
        catch (JsonException e)
        {
            throw ApiProblem.Bad($"The body is not valid JSON at line {e.LineNumber + 1}, column {e.BytePositionInLine + 1}.", [new("$", null, Quote.Plain(PlainMessageOf(e)))]);
        }
        catch (BadHttpRequestException e)
        {
            throw e.StatusCode == StatusCodes.Status413PayloadTooLarge ? TooLong() : new ApiProblem(e.StatusCode, e.Message);
        }
    }

    /// <summary>Answers with JSON, as it is written.</summary>
    public async Task AnswerAsync(int status, Action<Utf8JsonWriter> write, string contentType = "application/json")
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, s_json))
            write(json);
        (http.Response.StatusCode, http.Response.ContentType, http.Response.ContentLength) = (status, contentType, buffer.WrittenCount);
        http.Response.Headers.CacheControl = "no-store";
        await http.Response.Body.WriteAsync(buffer.WrittenMemory, Aborted);
    }

    /// <summary>Answers with a list, however long it is.</summary>
    public async Task AnswerAsync<T>(IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        (http.Response.StatusCode, http.Response.ContentType) = (StatusCodes.Status200OK, "application/json");
        http.Response.Headers.CacheControl = "no-store";
        await using var json = new Utf8JsonWriter(http.Response.BodyWriter, s_json);
        json.WriteStartArray();
        foreach (var item in items)
        {
            write(json, item);
            if (json.BytesPending < FlushAt)
                continue;
            await json.FlushAsync(Aborted);
            await http.Response.BodyWriter.FlushAsync(Aborted);
        }
        json.WriteEndArray();
    }

    /// <summary>Answers with nothing but a status.</summary>
    public Task AnswerAsync(int status)
    {
        http.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private ApiProblem TooLong() => new(StatusCodes.Status413PayloadTooLarge, $"The body is longer than {options.MaxRequestBodySize} bytes.");

    private static string PlainMessageOf(JsonException e) => e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal) is var end and >= 0 ? e.Message[..end] : e.Message;
}
