using System.Text;
using L4Proxy.Configuration;
using L4Proxy.Destinations.Health.Probing;

namespace L4Proxy.Providers.HaProxy;

/// <summary><c>tcp-check</c>: what is sent, and what is awaited after it.</summary>
internal static class HaProxyTcpCheck
{
    /// <summary>Puts it into a probe; what a probe cannot do is said.</summary>
    public static L4ActiveHealthCheck Read(HaProxyBlock block, L4ActiveHealthCheck check)
    {
        foreach (var line in block.All("tcp-check"))
        {
            if (Step(check, line) is { } step)
                check = step;
            else
                block.Lost(line, "A probe of L4Proxy connects, sends one text and awaits one: this is not done.");
        }
        return check;
    }

    private static L4ActiveHealthCheck? Step(L4ActiveHealthCheck check, HaProxyLine line)
    {
        var text = line[1] == "expect" ? Text(line[2], line[3], line.Words.Count == 4) : Text(line[1], line[2], line.Words.Count == 3);
        switch (line[1])
        {
            case "connect" when line.Words.Count == 2:
            case "comment":
                return check;
            case "send" or "send-binary" when text is not null && check.Expect is null:
                return Valid(check with { Send = check.Send + text });
            case "expect" when text is not null && check.Expect is null:
                return Valid(check with { Expect = text });
            default:
                return null;
        }
    }

    private static string? Text(string kind, string value, bool isAll) => !isAll ? null : kind switch
    {
        "send" or "string" => Escaped(Encoding.Latin1.GetBytes(value)),
        "send-binary" or "binary" => value.Length % 2 == 0 && value.All(char.IsAsciiHexDigit) ? Escaped(Convert.FromHexString(value)) : null,
        _ => null,
    };

    private static L4ActiveHealthCheck? Valid(L4ActiveHealthCheck check) =>
        (check.Send is null || ProbeText.TryRead(check.Send, out _, out _)) && (check.Expect is null || ProbeText.TryRead(check.Expect, out _, out _)) ? check : null;

    private static string Escaped(byte[] bytes)
    {
        var text = new StringBuilder();
        foreach (var value in bytes)
        {
            _ = value switch
            {
                (byte)'\r' => text.Append("\\r"),
                (byte)'\n' => text.Append("\\n"),
                (byte)'\\' => text.Append(@"\\"),
                >= 0x20 and < 0x7F => text.Append((char)value),
                _ => text.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\x{value:X2}"),
            };
        }
        return text.ToString();
    }
}
