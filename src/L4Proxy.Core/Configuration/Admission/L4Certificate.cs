using System.Text;
using L4Proxy.Configuration.Shapes;
using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Configuration;

/// <summary>A certificate and its private key, read from files that are watched.</summary>
public sealed record L4Certificate
{
    /// <summary>PEM file (with its chain behind it) or PFX file; a relative path is from the host's content root.</summary>
    /// <value>Must be given.</value>
    public string? Path { get; init; }

    /// <summary>PEM file of the private key, when it is not in <see cref="Path"/>.</summary>
    /// <value>Default: <see cref="Path"/>.</value>
    public string? KeyPath { get; init; }

    /// <summary>Password of the key or of the PFX file. Never logged and never shown.</summary>
    /// <value>Default: none.</value>
    public string? Password { get; init; }

    // ToString of a record prints every member, and ends up in logs.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append("Path = ").Append(Path).Append(", KeyPath = ").Append(KeyPath)
            .Append(", Password = ").Append(Password is null ? "" : "***");
        return true;
    }

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new L4Certificate());

        public static readonly Key<L4Certificate, string> Path = new(Shape, AnyText, r => r.Path, (r, v) => r with { Path = v }) { Note = "Must be given" };
        public static readonly Key<L4Certificate, string> KeyPath = new(Shape, AnyText, r => r.KeyPath, (r, v) => r with { KeyPath = v }) { Otherwise = "`Path`" };
        public static readonly Key<L4Certificate, string> Password = new(Shape, AnyText, r => r.Password, (r, v) => r with { Password = v }) { Otherwise = "none", IsSecret = true };
    }
}
