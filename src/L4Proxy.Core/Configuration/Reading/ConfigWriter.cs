using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using L4Proxy.Configuration.Shapes;

namespace L4Proxy.Configuration.Reading;

/// <summary>Writes a configuration as JSON: only what is given, in the records' spelling. What it writes, <see cref="ConfigReader"/> reads back.</summary>
/// <remarks>Two configurations are equal when this writes the same of both; records with lists compare those by reference.
/// Passwords are written too: the text is no log line.</remarks>
internal static class ConfigWriter
{
    // A text is escaped no more than JSON asks for: people read it, in explanations.
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The section as UTF-8 JSON.</summary>
    public static byte[] Write(L4Config config) => Write(L4Config.Keys.Shape, config);

    /// <summary>A part of it.</summary>
    /// <param name="shape">The part's shape.</param>
    /// <param name="value">A value of that shape.</param>
    /// <param name="spelling">How keys are written, and which ones.</param>
    public static byte[] Write(ConfigShape shape, object value, ConfigSpelling spelling = ConfigSpelling.Records)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, s_options))
            shape.Write(writer, value, spelling);
        return buffer.WrittenSpan.ToArray();
    }
}
