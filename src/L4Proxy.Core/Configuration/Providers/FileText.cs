using System.Security.Cryptography;
using L4Proxy.Limits;

namespace L4Proxy.Configuration;

/// <summary>What a file held, or why it could not be read.</summary>
internal sealed class FileText
{
    private readonly string _identity;

    private FileText(string identity, ReadOnlyMemory<byte>? content, string? error) =>
        (_identity, Content, Error) = (identity, content, error);

    /// <summary>What it held; null when it could not be read.</summary>
    public ReadOnlyMemory<byte>? Content { get; }

    /// <summary>Why it could not be read.</summary>
    public string? Error { get; }

    /// <summary>Whether it could not be read because descriptors have run out, which says nothing about the file.</summary>
    public bool IsOutOfDescriptors { get; private init; }

    /// <summary>What was read.</summary>
    public static FileText Of(ReadOnlyMemory<byte> content) => new(Convert.ToHexString(SHA256.HashData(content.Span)), content, null);

    /// <summary>Why nothing was read.</summary>
    public static FileText Failed(string error) => new($"error: {error}", null, error);

    /// <summary>Why nothing was read.</summary>
    public static FileText Failed(Exception exception) => DescriptorLimit.IsExhausted(exception)
        ? new FileText("error: descriptors", null, DescriptorLimit.Exhausted) { IsOutOfDescriptors = true }
        : Failed(exception.Message);

    /// <summary>Whether both held the same, or failed alike.</summary>
    public bool IsSame(FileText other) => _identity == other._identity;

    /// <summary>Only what <see cref="IsSame"/> needs.</summary>
    public FileText WithoutContent() => new(_identity, null, Error);
}
