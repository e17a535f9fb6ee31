using BenchmarkDotNet.Attributes;
using L4Proxy.Prefaces;

namespace L4Proxy.Benchmarks;

/// <summary>What does it cost to read a whole hello, and to see that one is not whole yet?</summary>
/// <remarks>The bytes are hot in the cache here; those of a new connection were just copied there by the kernel.</remarks>
[MemoryDiagnoser]
[MinColumn]
public class ClientHelloParse
{
    private byte[] _bytes = [];

    [Params("curl", "chromium")]
    public string Client { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        using var stream = typeof(ClientHelloParse).Assembly.GetManifestResourceStream(Client)!;
        _bytes = new byte[stream.Length];
        stream.ReadExactly(_bytes);
        if (Whole()?.ServerName != Client + ".example.com" || !OneByteShort())
            throw new InvalidOperationException("The hello was not read as it should be.");
    }

    [Benchmark(Baseline = true)]
    public ClientHello? Whole() => PrefaceInspector.Inspect(_bytes, PrefaceParsers.Tls).ClientHello;

    [Benchmark]
    public bool OneByteShort() => !PrefaceInspector.Inspect(_bytes.AsSpan(0, _bytes.Length - 1), PrefaceParsers.Tls).Pending.IsEmpty;
}
