namespace Snippets;

/// <summary>docs/aspire.md</summary>
internal static class ServiceNames
{
    public static void Add(WebApplicationBuilder builder)
    {
        builder.Services.AddL4Proxy().AddServiceDiscovery();
    }
}
