using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using L4Proxy.Configuration.Reading;

namespace L4Proxy.Configuration.Shapes;

/// <summary>
/// A single value. Numbers and truth values may be given as text, and numbers where text is wanted, since environment
/// variables and <c>IConfiguration</c> know nothing but text.
/// </summary>
internal abstract class ScalarShape : ConfigShape
{
    /// <summary>What it is, as in "a whole number".</summary>
    public abstract string Description { get; }

    /// <summary>Reads the text of a value; null when it is none.</summary>
    protected abstract object? Parse(string text);

    /// <summary>Why a text is no value.</summary>
    protected virtual string Explain(string text) => $"{Quote.Text(text)} is not {Description}.";

    /// <summary>Whether a value, perhaps set in code, may be used.</summary>
    public virtual bool IsAllowed(object value, [NotNullWhen(false)] out string? error)
    {
        error = null;
        return true;
    }

    /// <inheritdoc/>
    public override object? Read(JsonElement element, ConfigPath path, ConfigErrors errors)
    {
        if (!JsonText.TryGet(element, out var text))
        {
            errors.Add(path, $"Expected {Description}, found {JsonText.Describe(element)}.");
            return null;
        }

        var value = IsText(element) ? Parse(text) : null;
        if (value is null)
            errors.Add(path, Explain(text));
        return value;
    }

    /// <summary>Whether the element may be taken as a text.</summary>
    protected virtual bool IsText(JsonElement element) => true;
}
