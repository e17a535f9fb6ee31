using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace L4Proxy.Api.Live;

/// <summary>Writes server-sent events (WHATWG HTML, 9.2). .NET's own <c>SseFormatter</c> writes no comments, which keep a silent connection alive.</summary>
internal sealed class EventWriter(HttpResponse response, TimeProvider time, CancellationToken cancellationToken) : IDisposable
{
    private const int FlushAt = 32 * 1024;

    /// <summary>After so long without an event there is a comment.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    private readonly Utf8JsonWriter _json = new(Stream.Null, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    private long _id;
    private long _pending;
    private long _written = time.GetTimestamp();

    /// <summary>Writes an event; it is on its way when it is flushed, or there is much of it.</summary>
    public async ValueTask WriteAsync(string name, Action<Utf8JsonWriter> data)
    {
        Append(string.Create(CultureInfo.InvariantCulture, $"id: {++_id}\nevent: {name}\ndata: "));
        // It writes no line ends but those that it escapes.
        _json.Reset(response.BodyWriter);
        data(_json);
        _json.Flush();
        _pending += _json.BytesCommitted;
        Append("\n\n");
        if (_pending >= FlushAt)
            await FlushAsync();
    }

    /// <summary>Says that it is still there, if it has said nothing for long.</summary>
    public void Beat()
    {
        if (_pending == 0 && time.GetElapsedTime(_written) >= Silence)
            Append(":\n\n");
    }

    /// <summary>Sends what was written; waits while the client takes none of it.</summary>
    public async ValueTask FlushAsync()
    {
        if (_pending == 0)
            return;
        _pending = 0;
        _written = time.GetTimestamp();
        await response.BodyWriter.FlushAsync(cancellationToken);
    }

    public void Dispose() => _json.Dispose();

    private void Append(string text)
    {
        response.BodyWriter.Write(Encoding.UTF8.GetBytes(text));
        _pending += text.Length;
    }
}
