namespace L4Proxy.Fuzz;

/// <summary>A parser that is fuzzed alone.</summary>
/// <param name="name">What it is called on the command line.</param>
/// <param name="run">Throws where something is wrong with it.</param>
/// <param name="seeds">What real programs sent.</param>
internal sealed class FuzzTarget(string name, FuzzTarget.Entry run, IEnumerable<byte[]> seeds)
{
    // Longer than MaxPrefaceBytes by default; the fuzzer is told the same.
    private const int MaxInput = 20_000;

    public delegate void Entry(ReadOnlySpan<byte> bytes);

    public string Name => name;

    /// <summary>What the fuzzer calls, once for each input.</summary>
    public void Run(Stream input)
    {
        var bytes = new byte[MaxInput];
        run(bytes.AsSpan(0, input.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)));
    }

    /// <summary>Writes a file for each seed.</summary>
    public void WriteSeeds(string directory)
    {
        Directory.CreateDirectory(directory);
        foreach (var (number, bytes) in seeds.Index())
            File.WriteAllBytes(Path.Combine(directory, $"{number:000}"), bytes);
    }
}
