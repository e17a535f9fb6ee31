using System.Text.RegularExpressions;

namespace L4Proxy.Core.Tests.House;

/// <summary>The folders of Core lie in layers: each uses what is below it, and nothing above.</summary>
public partial class LayersTests
{
    // From the bottom. The checks of the configuration know what they check, and so lie above that.
    private static readonly string[] s_layers =
    [
        "Addresses", "Names", "Prefaces", "StartTls", "Configuration", "Requests", "Diagnostics", "Files", "Timing", "Limits", "Transport", "Tls", "ProxyProtocol", "Destinations", "Routing",
        Checks, "Snapshot", "Store", "Sessions", "Taps", "Listening", "Tcp", "Udp", "Status", "Explaining",
    ];

    // What still reaches up, and why. Only ever shorter.
    private static readonly string[] s_exceptions =
    [
        "Configuration/Providers/FileText.cs -> Limits", // What is said where descriptors are exhausted.
        "Snapshot/ConfigLoader.cs -> Sessions", // It counts reloads in the meter.
    ];

    private const string Checks = "Configuration/Validation";
    private const string Core = "src/L4Proxy.Core/";

    [Fact]
    public void Each_uses_what_is_below_it() => Assert.Equal(s_exceptions.Order(StringComparer.Ordinal), UpwardUses().Order(StringComparer.Ordinal));

    [Fact]
    public void Every_folder_is_in_a_layer() => Assert.Equal(
        s_layers.Where(layer => layer != Checks).Order(StringComparer.Ordinal),
        Directory.GetDirectories(Repository.PathOf(Core)).Select(path => Path.GetFileName(path)!)
            .Where(name => Directory.GetFiles(Repository.PathOf(Core + name), "*.cs").Length > 0 || name == "Configuration").Order(StringComparer.Ordinal));

    // Unnecessary ones do not compile, so what a file uses stands at its head.
    private static IEnumerable<string> UpwardUses() =>
        from path in Directory.GetFiles(Repository.PathOf(Core), "*.cs", SearchOption.AllDirectories)
        let file = Path.GetRelativePath(Repository.PathOf(Core), path).Replace('\\', '/')
        where file.Contains('/', StringComparison.Ordinal) && !file.StartsWith("obj/", StringComparison.Ordinal) && !file.StartsWith("bin/", StringComparison.Ordinal)
        let layer = LayerOf(file)
        from used in Using().Matches(File.ReadAllText(path)).Select(match => LayerOf(match.Groups[1].Value.Replace('.', '/') + "/")).Distinct()
        where Array.IndexOf(s_layers, used) > Array.IndexOf(s_layers, layer)
        select $"{file} -> {used}";

    private static string LayerOf(string path) => path.StartsWith(Checks + "/", StringComparison.Ordinal) ? Checks : path.Split('/')[0];

    [GeneratedRegex(@"^using (?:static )?L4Proxy\.([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Using();
}
