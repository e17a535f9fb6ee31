namespace L4Proxy.Configuration;

/// <summary>A configuration that cannot be used; <see cref="Errors"/> lists everything wrong with it at once.</summary>
public sealed class L4ConfigException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="errors">Everything wrong.</param>
    /// <exception cref="ArgumentNullException"><paramref name="errors"/> is null.</exception>
    public L4ConfigException(IReadOnlyList<L4ConfigError> errors)
        : this(errors, null)
    {
    }

    /// <summary>Creates the exception, with what made a provider fail.</summary>
    internal L4ConfigException(IReadOnlyList<L4ConfigError> errors, Exception? cause)
        : base(Describe(errors), cause) => Errors = errors;

    /// <summary>Everything wrong.</summary>
    public IReadOnlyList<L4ConfigError> Errors { get; }

    private static string Describe(IReadOnlyList<L4ConfigError> errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        return $"The L4Proxy configuration has {errors.Count} error{(errors.Count == 1 ? "" : "s")}:"
            + string.Concat(errors.Select(e => $"{Environment.NewLine}  {e}"));
    }
}
