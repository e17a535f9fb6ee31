using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Nginx;

/// <summary>A block, asked directive by directive, where what it does not say itself is what the block around it says; what nobody has asked for is told at the end.</summary>
/// <param name="path">Where it is, as <c>stream.server[line 12]</c>.</param>
/// <param name="directives">What it says.</param>
/// <param name="around">The block around it, whose directives hold here, too; null where none do.</param>
/// <param name="notes">Takes what is lost.</param>
internal sealed class NginxBlock(string path, IReadOnlyList<NginxDirective> directives, NginxBlock? around, ImportNotes notes)
{
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    private readonly ILookup<string, NginxDirective> _byName = directives.ToLookup(directive => directive.Name.Text, StringComparer.Ordinal);

    public string Path { get; } = path;

    /// <summary>Says that something here would behave otherwise.</summary>
    public void Lost(string name, string message) => notes.Lost(PathOf(name), message);

    /// <summary>All directives of a name, of this block or else of the one around.</summary>
    public IReadOnlyList<NginxDirective> All(string name)
    {
        _asked.Add(name);
        var outer = around?.All(name);
        return Own(name) is { Count: > 0 } own ? own : outer ?? [];
    }

    /// <summary>All directives of a name of this block alone.</summary>
    public IReadOnlyList<NginxDirective> Own(string name)
    {
        _asked.Add(name);
        return [.. _byName[name]];
    }

    /// <summary>All directives of some names in the order in which they stand, of this block or else of the one around.</summary>
    public IReadOnlyList<NginxDirective> InOrder(params ReadOnlySpan<string> names)
    {
        string[] wanted = [.. names];
        _asked.UnionWith(wanted);
        var outer = around?.InOrder(names);
        List<NginxDirective> own = [.. directives.Where(directive => wanted.Contains(directive.Name.Text))];
        return own.Count > 0 ? own : outer ?? [];
    }

    /// <summary>A directive that may stand once; null where it is not there.</summary>
    public NginxDirective? One(string name)
    {
        var all = All(name);
        if (all.Count > 1)
            Lost(name, $"It stands here {all.Count} times; the first is taken.");
        return all.Count > 0 ? all[0] : null;
    }

    /// <summary>The first argument of a directive; null where it is not there.</summary>
    public string? Text(string name)
    {
        var directive = One(name);
        if (directive?.Arguments.Count > 1)
            Lost(name, $"'{directive}' says more than one thing; the first is taken.");
        return directive?.First;
    }

    /// <summary>Whether something is on.</summary>
    public bool IsOn(string name)
    {
        var text = Text(name);
        if (text is not (null or "on" or "off"))
            Lost(name, $"'{text}' is neither 'on' nor 'off'.");
        return text == "on";
    }

    /// <summary>A duration; null where there is none.</summary>
    public TimeSpan? Duration(string name)
    {
        if (Text(name) is not { } text)
            return null;
        if (NginxUnits.TryDuration(text, out var duration))
            return duration;
        Lost(name, $"'{text}' is no duration of nginx's, such as '10s' or '1h 30m'.");
        return null;
    }

    /// <summary>A number of bytes; null where there is none.</summary>
    public long? Size(string name)
    {
        if (Text(name) is not { } text)
            return null;
        if (NginxUnits.TrySize(text, out var size))
            return size;
        Lost(name, $"'{text}' is no number of bytes, such as '16k'.");
        return null;
    }

    /// <summary>A whole number that is not negative; null where there is none.</summary>
    public int? Number(string name)
    {
        if (Text(name) is not { } text)
            return null;
        if (NginxUnits.TryNumber(text, out var number))
            return number;
        Lost(name, $"'{text}' is no whole number.");
        return null;
    }

    /// <summary>Says of all that nobody has asked for that it was left out, or that nothing here is like it.</summary>
    public void Rest(IReadOnlyDictionary<string, string>? leftOut = null)
    {
        foreach (var directive in directives.Where(directive => !_asked.Contains(directive.Name.Text)))
        {
            if (leftOut?.GetValueOrDefault(directive.Name.Text) is { } why)
            {
                if (why.Length > 0)
                    notes.LeftOut(PathOf(directive.Name.Text), why);
            }
            else if (directive.Name.Text == "include")
                Lost("include", $"'{directive.First}' is another file, and only one is read: put what it says in its place.");
            else
                Lost(directive.Name.Text, $"Nothing in L4Proxy is like '{directive}', or nothing that is known of here.");
        }
    }

    private string PathOf(string name) => Path.Length == 0 ? name : $"{Path}.{name}";
}
