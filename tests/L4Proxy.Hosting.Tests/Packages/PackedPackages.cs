using System.Diagnostics;
using System.IO.Compression;
using System.Reflection;
using System.Xml.Linq;
using L4Proxy.Core.Tests.House;

namespace L4Proxy.Hosting.Tests.Packages;

/// <summary>The packages as they are published, in a folder of their own.</summary>
public sealed class PackedPackages : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(4);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("l4-packages");

    /// <summary>What this build was restored from has the packages that ours depend on.</summary>
    private static string MachinesPackages => Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private string Feed => Path.Combine(_folder.FullName, "feed");

    public async ValueTask InitializeAsync()
    {
        var configuration = typeof(PackedPackages).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;
        foreach (var name in new[] { "L4Proxy.Core", "L4Proxy.Hosting" })
            await RunAsync(Repository.PathOf($"src/{name}"), "pack", "-c", configuration, "--no-build", "-o", Feed);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    public IReadOnlyList<string> FilesOf(string name)
    {
        using var package = Open(name);
        return [.. package.Entries.Select(e => e.FullName)];
    }

    /// <summary>The metadata of its nuspec, without a namespace.</summary>
    public XElement MetadataOf(string name)
    {
        using var package = Open(name);
        using var stream = package.Entries.Single(e => e.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        var root = XDocument.Load(stream).Root!;
        foreach (var element in root.DescendantsAndSelf())
            element.Name = element.Name.LocalName;
        return root.Element("metadata")!;
    }

    /// <summary>What MSBuild says in the project of a program that has added L4Proxy.Hosting.</summary>
    public async Task<string> AskConsumerAsync(string item)
    {
        var project = _folder.CreateSubdirectory("consumer").FullName;
        var version = MetadataOf("L4Proxy.Hosting").Element("version")!.Value;
        await File.WriteAllTextAsync(Path.Combine(project, "consumer.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk.Web">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework><RestorePackagesPath>packages</RestorePackagesPath></PropertyGroup>
              <ItemGroup><PackageReference Include="L4Proxy.Hosting" Version="{version}" /></ItemGroup>
            </Project>
            """);
        await File.WriteAllTextAsync(Path.Combine(project, "nuget.config"), $"""
            <configuration>
              <packageSources><clear /><add key="local" value="{Feed}" /></packageSources>
              <fallbackPackageFolders><clear /><add key="machine" value="{MachinesPackages}" /></fallbackPackageFolders>
            </configuration>
            """);
        await RunAsync(project, "restore");
        return await RunAsync(project, "msbuild", $"-getItem:{item}");
    }

    private ZipArchive Open(string name) => ZipFile.OpenRead(Directory.GetFiles(Feed, $"{name}.*.nupkg").Single());

    private static async Task<string> RunAsync(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(s_patience);
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)}: {output}");
            return output;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
