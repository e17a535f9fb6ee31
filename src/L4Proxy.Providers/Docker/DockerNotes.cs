using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Docker;

/// <summary>What is wrong with the labels of one container.</summary>
internal sealed class DockerNotes(ImportNotes notes, DockerContainer container)
{
    /// <summary>How much is lost so far.</summary>
    public int ErrorCount { get; private set; }

    /// <summary>Something is wrong.</summary>
    public void Lost(string label, string message)
    {
        ErrorCount++;
        notes.Lost(PathOf(label), message);
    }

    /// <summary>Something is left out for now, or is nobody's business here.</summary>
    public void LeftOut(string label, string message) => notes.LeftOut(PathOf(label), message);

    private string PathOf(string label) => $"container {container.Name}: label {label}";
}
