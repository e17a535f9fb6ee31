using System.Globalization;
using L4Proxy.Addresses;
using L4Proxy.Names;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.HaProxy;

/// <summary>What an <c>acl</c> asks of a connection: a fetch, flags, and values of which one must be there.</summary>
internal sealed class HaProxyCriterion
{
    private static readonly string[] s_hello = ["req.ssl_hello_type", "req_ssl_hello_type"];

    // Suffixes that say how to compare.
    private static readonly (string Suffix, string Method)[] s_suffixes =
        [("_end", "end"), ("_beg", "beg"), ("_reg", "reg"), ("_sub", "sub"), ("_dom", "dom"), (",lower", ""), ("_len", "len")];

    private readonly List<string> _values = [];
    private string _fetch = "";
    private string _method = "";
    private string _operator = "eq";

    /// <summary>Reads one.</summary>
    /// <param name="words">The fetch, and what follows it.</param>
    /// <param name="error">Why nothing here is like it.</param>
    /// <returns>The connections; null where nothing is like it.</returns>
    public static Clause? Read(IReadOnlyList<string> words, out string error)
    {
        var criterion = new HaProxyCriterion();
        error = "";
        if (words.Count == 0)
            error = "It asks for nothing.";
        else if (criterion.Parse(words) is { } wrong)
            error = wrong;
        else if (criterion.Clause() is { } condition)
            return condition;
        else
            error = $"No condition in L4Proxy is like '{string.Join(' ', words)}'.";
        return null;
    }

    /// <summary>Whether a fetch is of what the client says first.</summary>
    public static bool IsOfBytes(string fetch) => fetch.StartsWith("req", StringComparison.Ordinal) || fetch.StartsWith("payload", StringComparison.Ordinal) || fetch is "HTTP" or "RDP_COOKIE";

    private string? Parse(IReadOnlyList<string> words)
    {
        _fetch = words[0];
        foreach (var (suffix, method) in s_suffixes)
        {
            if (!_fetch.EndsWith(suffix, StringComparison.Ordinal))
                continue;
            _fetch = _fetch[..^suffix.Length];
            _method = method;
        }
        var i = 1;
        for (; i < words.Count && words[i].StartsWith('-') && words[i].Length > 1; i++)
        {
            if (words[i] == "--")
            {
                i++;
                break;
            }
            if (words[i] == "-m" && i + 1 < words.Count)
                _method = words[++i];
            else if (words[i] is not ("-i" or "-n"))
                return $"'{words[i]}' is not known here: its values are in a file, or elsewhere.";
        }
        if (i < words.Count && words[i] is "eq" or "ge" or "gt" or "le" or "lt")
            _operator = words[i++];
        _values.AddRange(words.Skip(i));
        return null;
    }

    private Clause? Clause()
    {
        switch (_fetch)
        {
            case "TRUE" or "always_true" or "WAIT_END" or "wait_end" when _values.Count == 0:
                return Importing.Clause.Always;
            case "FALSE" or "always_false" when _values.Count == 0:
                return Importing.Clause.Never;
            case "LOCALHOST" when _values.Count == 0:
                return Importing.Clause.Of(new() { ClientAddresses = ["127.0.0.0/8"] });
            case "HTTP" or "req.proto_http" or "req_proto_http" when _values.Count == 0:
                return Importing.Clause.Of(new() { Protocols = ["http"] });
            case "REQ_CONTENT" when _values.Count == 0:
                return Importing.Clause.Of(new() { Bytes = [new() { Regex = @"[\s\S]", Length = 1 }] });
            case "req.len" or "req_len" when _operator == "gt" && _values is ["0"]:
                return Importing.Clause.Of(new() { Bytes = [new() { Regex = @"[\s\S]", Length = 1 }] });
            case "src":
                return Each(range => SourceRange.TryRead(range, out var read, out _) ? Importing.Clause.Of(new() { ClientAddresses = [read] }) : null);
            case "dst":
                return Each(range => SourceRange.TryRead(range, out var read, out _) ? Importing.Clause.Of(new() { LocalAddresses = [read] }) : null);
            case "dst_port":
                return Each(Port);
            case "req.ssl_sni" or "req_ssl_sni" or "ssl_fc_sni":
                return Name();
            case "req.ssl_alpn" or "req_ssl_alpn" when _method == "sub":
                return Each(name => name.Length is > 0 and < 256 && !name.Contains(',', StringComparison.Ordinal) ? Importing.Clause.OfHello(new() { Alpn = [name] }) : null);
            case var hello when s_hello.Contains(hello):
                return _operator == "eq" && _values is ["1"] ? Importing.Clause.Tls : null;
            case var mqtt when mqtt.StartsWith("req.payload(0,", StringComparison.Ordinal) && mqtt.EndsWith("),mqtt_is_valid", StringComparison.Ordinal) && _values.Count == 0:
                return Importing.Clause.Of(new() { Protocols = ["mqtt"] });
            default:
                return HaProxyPayload.Read(_fetch, _method, _values);
        }
    }

    /// <summary>One of the values must be there; null where one of them cannot be said, or there is none.</summary>
    private Clause? Each(Func<string, Clause?> read)
    {
        var conditions = _values.ConvertAll(value => read(value));
        return conditions.Count == 0 || conditions.Exists(condition => condition is null) ? null : Importing.Clause.Any(conditions!);
    }

    private Clause? Port(string value)
    {
        var ports = value.Replace(':', '-');
        if (!value.Contains('-', StringComparison.Ordinal) && _operator != "eq" && HaProxyUnits.TryNumber(value, out var number))
        {
            var (first, last) = _operator switch { "ge" => (number, 65535), "gt" => (number + 1, 65535), "le" => (1, number), _ => (1, number - 1) };
            ports = string.Create(CultureInfo.InvariantCulture, $"{first}-{last}");
        }
        return PortRange.TryParse(ports, out _, out _) ? Importing.Clause.Of(new() { LocalPorts = [ports] }) : null;
    }

    private Clause? Name()
    {
        if (_method == "found")
            return _values.Count == 0 ? Importing.Clause.OfHello(new() { Sni = ["*"] }) : null;
        return _operator == "eq" ? Each(NameOf) : null;
    }

    private Clause? NameOf(string value)
    {
        var escaped = System.Text.RegularExpressions.Regex.Escape(value);
        return _method switch
        {
            "" or "str" => IsName(value) ? Importing.Clause.OfHello(new() { Sni = [value] }) : null,
            "end" when value.StartsWith('.') && IsName(value[1..]) => Importing.Clause.OfHello(new() { Sni = [$"*{value}"] }),
            "end" => OfRegex($".*{escaped}"),
            "beg" => OfRegex($"{escaped}.*"),
            "sub" => OfRegex($".*{escaped}.*"),
            "dom" => OfRegex($@"(?:.*\.)?{System.Text.RegularExpressions.Regex.Escape(value.Trim('.'))}(?:\..*)?"),
            "reg" => SourceRegex.Whole(value) is { } regex ? OfRegex(regex) : null,
            _ => null,
        };
    }

    private static Clause? OfRegex(string regex) => SniRegexPattern.TryParse(regex, out _, out _) ? Importing.Clause.OfHello(new() { SniRegex = [regex] }) : null;

    private static bool IsName(string text) => text.Length > 0 && !text.AsSpan().ContainsAny("*{}") && ServerNamePattern.TryParse(text, out _, out _);
}
