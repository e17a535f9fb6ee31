using System.Diagnostics.CodeAnalysis;
using System.Text;
using L4Proxy.Addresses;
using L4Proxy.Names;

namespace L4Proxy.Destinations;

/// <summary>A host name some of whose labels may be captures of the route's name pattern, as in <c>{instance}.internal</c>.</summary>
/// <remarks>
/// A client chooses what a capture stands for, so what it makes is checked: host labels only, never something that a
/// resolver could take for an IP address, and where the last label is literal the client cannot leave that suffix.
/// </remarks>
internal sealed class HostTemplate
{
    private readonly string _text;

    private HostTemplate(string text)
    {
        _text = text;
        CaptureNames = [.. text.Split('.').Where(IsCapture).Select(label => label[1..^1]).Distinct(StringComparer.Ordinal)];
        HasFixedSuffix = !IsCapture(LastLabel(text));
    }

    /// <summary>The captures that it names, each once.</summary>
    public IReadOnlyList<string> CaptureNames { get; }

    /// <summary>Whether the last label is literal, so that captures cannot lead elsewhere.</summary>
    public bool HasFixedSuffix { get; }

    /// <summary>Reads a host name. A trailing dot stays: it ends the search list.</summary>
    public static bool TryParse(string host, [NotNullWhen(true)] out HostTemplate? value, [NotNullWhen(false)] out string? error)
    {
        value = null;
        if (!TryNormalise(host, out var name, out error))
            return false;
        if (!IsCapture(LastLabel(name)) && HostName.LooksLikeAddress(name))
        {
            error = $"'{host}' is neither a host name nor an IP address in its usual form (four numbers of 0 to 255).";
            return false;
        }

        value = new HostTemplate(name);
        return true;
    }

    /// <summary>Reads a host name or an IP address, without a port.</summary>
    public static bool TryParseNameOrAddress(string text, [NotNullWhen(true)] out HostTemplate? value, [NotNullWhen(false)] out string? error)
    {
        if (!AddressRange.TryParseAddress(text, out var address))
            return TryParse(text, out value, out error);
        (value, error) = (new HostTemplate(address.ToString()), null);
        return true;
    }

    /// <summary>The host name for one connection.</summary>
    public bool TryExpand(in RouteCaptures captures, [NotNullWhen(true)] out string? host, [NotNullWhen(false)] out string? error)
    {
        if (CaptureNames.Count == 0)
        {
            (host, error) = (_text, null);
            return true;
        }

        host = null;
        var expanded = new StringBuilder(_text.Length + 32);
        foreach (var range in MemoryExtensions.Split(_text.AsSpan(), '.'))
        {
            ReadOnlySpan<char> label = _text.AsSpan()[range];
            if (range.Start.Value > 0)
                expanded.Append('.');
            if (IsCapture(label))
            {
                var name = label[1..^1].ToString();
                if (!captures.TryGet(name, out label) || !HostName.IsStrictName(label))
                {
                    error = $"the capture '{name}' is missing or does not consist of host labels.";
                    return false;
                }
            }

            expanded.Append(label);
        }

        var result = expanded.ToString();
        if (result.Length > HostName.MaxLength + (result[^1] == '.' ? 1 : 0))
            error = $"the captures make a host of {result.Length} characters; {HostName.MaxLength} is the most.";
        else if (HostName.LooksLikeAddress(result))
            error = $"the captures make '{result}', which a resolver could take for an IP address.";
        else
            (host, error) = (result, null);
        return host is not null;
    }

    /// <summary>Lower case, ASCII; captures as they were written.</summary>
    public override string ToString() => _text;

    private static bool IsCapture(string label) => IsCapture(label.AsSpan());

    private static bool IsCapture(ReadOnlySpan<char> label) => label.StartsWith('{');

    private static string LastLabel(string name) => name[(name.TrimEnd('.').LastIndexOf('.') + 1)..];

    private static bool TryNormalise(string host, [NotNullWhen(true)] out string? name, [NotNullWhen(false)] out string? error)
    {
        name = null;
        var trimmed = host.EndsWith('.') ? host[..^1] : host;
        var labels = trimmed.Split('.');
        for (var i = 0; i < labels.Length; i++)
        {
            if (labels[i].AsSpan().ContainsAny('{', '}'))
            {
                if (IsCapture(labels[i]) && labels[i].EndsWith('}') && CaptureName.IsValid(labels[i].AsSpan(1..^1)))
                    continue;
                error = $"'{labels[i]}' in '{host}' must be one whole capture, as in '{{name}}.internal'; a part of a label cannot be one.";
                return false;
            }

            if (!HostName.TryNormalise(labels[i], out var label, out error))
                return false;
            labels[i] = label;
        }

        name = string.Join('.', labels) + (trimmed.Length < host.Length ? "." : "");
        error = name.Length > HostName.MaxLength + 1 ? $"'{host}' is longer than {HostName.MaxLength} characters." : null;
        return error is null;
    }
}
