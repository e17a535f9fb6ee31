using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace L4Proxy.Providers.Http;

/// <summary>Has YARP change headers as <see cref="HeaderChanges"/> says.</summary>
internal sealed class HeaderTransforms : ITransformProvider
{
    public void ValidateRoute(TransformRouteValidationContext context)
    {
    }

    public void ValidateCluster(TransformClusterValidationContext context)
    {
    }

    public void Apply(TransformBuilderContext context)
    {
        foreach (var (key, value) in context.Route.Metadata ?? new Dictionary<string, string>())
        {
            if (Change(key, HeaderChanges.Request) is { } request)
                OfRequests(context, request, value);
            else if (Change(key, HeaderChanges.Response) is { } response)
                OfAnswers(context, response, value);
        }
    }

    private static void OfRequests(TransformBuilderContext context, string change, string value)
    {
        if (Change(change, HeaderChanges.Remove) is { } removed)
            context.AddRequestHeaderRemove(removed);
        else if (Change(change, HeaderChanges.Set) is { } set)
            context.AddRequestHeader(set, value, append: false);
        else if (Change(change, HeaderChanges.Add) is { } added)
            context.AddRequestHeader(added, value);
    }

    private static void OfAnswers(TransformBuilderContext context, string change, string value)
    {
        if (Change(change, HeaderChanges.Remove) is { } removed)
            context.AddResponseHeaderRemove(removed, ResponseCondition.Always);
        else if (Change(change, HeaderChanges.Set) is { } set)
            context.AddResponseHeader(set, value, append: false, ResponseCondition.Always);
        else if (Change(change, HeaderChanges.Add) is { } added)
            context.AddResponseHeader(added, value, append: true, ResponseCondition.Always);
    }

    private static string? Change(string text, string prefix) => text.StartsWith(prefix, StringComparison.Ordinal) && text.Length > prefix.Length ? text[prefix.Length..] : null;
}
