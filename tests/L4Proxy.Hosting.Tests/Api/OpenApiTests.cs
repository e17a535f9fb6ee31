using System.Text.Json;
using L4Proxy.Api;
using L4Proxy.Core.Tests.Configuration;
using Microsoft.Extensions.DependencyInjection;
using NJsonSchema.CodeGeneration.CSharp;
using NSwag.CodeGeneration.CSharp;

namespace L4Proxy.Hosting.Tests.Api;

/// <summary>The description of the API is what it is.</summary>
public class OpenApiTests
{
    private const string Path = "src/L4Proxy.Hosting/Api/openapi.json";

    [Fact]
    [Trait("Row", "C4")]
    public async Task The_committed_document_is_the_one_of_the_operations_and_is_served()
    {
        await using var app = await ApiApp.StartAsync();
        CommittedFile.AssertIs(Path, OpenApiDocument.Generate(app.Services.GetRequiredService<L4ProxyApi>().Operations));
        var served = await app.DoAsync("GET", "openapi.json");
        Assert.Equal(CommittedFile.Read(Path), served.Text);
    }

    [Fact]
    [Trait("Row", "C4")]
    public async Task The_committed_client_is_generated_from_it()
    {
        var document = await NSwag.OpenApiDocument.FromJsonAsync(CommittedFile.Read(Path), TestContext.Current.CancellationToken);
        var generator = new CSharpClientGenerator(document, new CSharpClientGeneratorSettings
        {
            ClassName = "ApiClient",
            UseBaseUrl = false,
            GenerateClientInterfaces = false,
            CSharpGeneratorSettings = { Namespace = "L4Proxy.Hosting.Tests.Api.Client", JsonLibrary = CSharpJsonLibrary.SystemTextJson, GenerateNullableReferenceTypes = true },
        });
        CommittedFile.AssertIs("tests/L4Proxy.Hosting.Tests/Api/Client/ApiClient.g.cs", generator.GenerateFile().ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task Below_another_path_it_says_so()
    {
        await using var app = await ApiApp.StartAsync(map: web => Microsoft.AspNetCore.Builder.L4ProxyApiEndpointRouteBuilderExtensions.MapL4ProxyApi(web, "/admin/l4"));
        var served = await app.DoAsync("GET", "/admin/l4/v1/openapi.json");
        Assert.Equal("/admin/l4/v1", served.Json.GetProperty("servers")[0].GetProperty("url").GetString());
    }

    [Fact]
    public void Every_reference_leads_somewhere()
    {
        using var document = JsonDocument.Parse(CommittedFile.Read(Path));
        var schemas = document.RootElement.GetProperty("components").GetProperty("schemas");
        Assert.All(References(document.RootElement), reference => Assert.True(schemas.TryGetProperty(reference["#/components/schemas/".Length..], out _), reference));
    }

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(item => item.Name == "$ref" ? [item.Value.GetString()!] : References(item.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };
}
