using System.Buffers.Text;
using System.Text;
using L4Proxy.Configuration.Reading;

namespace L4Proxy.Destinations.Health.Probing;

/// <summary>
/// What an agent says of its destination, as HAProxy's <c>agent-check</c> reads it: words in one line, separated by blanks, commas or tabs, of which
/// unknown ones are ignored and the last of a kind counts; what follows a <c>#</c> is why. Pure.
/// </summary>
/// <remarks>
/// <code>
/// up ready 75%
/// drain, maxconn:30
/// down#disk full
/// </code>
/// </remarks>
internal sealed record AgentAnswer
{
    /// <summary>Bytes of an answer that are looked at.</summary>
    public const int Most = 1024;

    // As high as HAProxy's weights go.
    private const int MostPercent = 256;

    /// <summary>An answer that says nothing.</summary>
    public static AgentAnswer Nothing { get; } = new();

    /// <summary>Whether it works; null where that was not said.</summary>
    public bool? IsUp { get; init; }

    /// <summary>Whether it is to get no more connections, for it will be taken away; null where neither that nor <c>ready</c> was said.</summary>
    public bool? IsDraining { get; init; }

    /// <summary>Whether it is being worked on; null where neither that nor <c>ready</c> was said.</summary>
    public bool? IsInMaintenance { get; init; }

    /// <summary>The part of its weight that it has, 0 to 256; null where none was said.</summary>
    public int? WeightPercent { get; init; }

    /// <summary>Connections that it may have; null where none were said.</summary>
    public int? MaxConnections { get; init; }

    /// <summary>Why it is not up: the word that was said and what it was said with. Bounded, on one line.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Reads an answer up to the end of its first line.</summary>
    public static AgentAnswer Read(ReadOnlySpan<byte> answer)
    {
        var line = answer.IndexOfAny("\r\n"u8) is >= 0 and var end ? answer[..end] : answer;
        var hash = line.IndexOf((byte)'#');
        var words = hash < 0 ? line : line[..hash];
        var read = Nothing;
        foreach (var range in words.SplitAny(" ,\t"u8))
            read = read.With(words[range]);
        if (hash >= 0 && read.Reason.Length > 0)
            read = read with { Reason = $"{read.Reason}: {Quote.Plain(Encoding.UTF8.GetString(line[(hash + 1)..]).Trim())}" };
        return read;
    }

    private AgentAnswer With(ReadOnlySpan<byte> word)
    {
        if (Is(word, "up"u8))
            return this with { IsUp = true };
        if (Is(word, "down"u8) || Is(word, "fail"u8) || Is(word, "failed"u8) || Is(word, "stopped"u8))
            return this with { IsUp = false, Reason = Said(word) };
        if (Is(word, "ready"u8))
            return this with { IsDraining = false, IsInMaintenance = false };
        if (Is(word, "drain"u8))
            return this with { IsDraining = true, IsInMaintenance = false, Reason = Said(word) };
        if (Is(word, "maint"u8))
            return this with { IsDraining = false, IsInMaintenance = true, Reason = Said(word) };
        if (word is [.. var percent, (byte)'%'] && TryReadNumber(percent, out var weight))
            return this with { WeightPercent = Math.Min(weight, MostPercent) };
        return word.Length > Maxconn.Length && Is(word[..Maxconn.Length], Maxconn) && TryReadNumber(word[Maxconn.Length..], out var most) && most > 0
            ? this with { MaxConnections = most }
            : this;
    }

    private static ReadOnlySpan<byte> Maxconn => "maxconn:"u8;

    private static bool Is(ReadOnlySpan<byte> word, ReadOnlySpan<byte> known) => Ascii.EqualsIgnoreCase(word, known);

    private static string Said(ReadOnlySpan<byte> word) => $"its agent says '{Encoding.ASCII.GetString(word).ToLowerInvariant()}'";

    private static bool TryReadNumber(ReadOnlySpan<byte> digits, out int number) =>
        Utf8Parser.TryParse(digits, out number, out var length) && length == digits.Length && number >= 0;
}
