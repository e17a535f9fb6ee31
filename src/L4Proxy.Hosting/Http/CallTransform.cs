using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace L4Proxy.Http;

/// <summary>Has a request that goes out know its <see cref="HttpCall"/>.</summary>
internal sealed class CallTransform : ITransformProvider
{
    private static readonly Transform s_transform = new();

    public void ValidateRoute(TransformRouteValidationContext context)
    {
    }

    public void ValidateCluster(TransformClusterValidationContext context)
    {
    }

    public void Apply(TransformBuilderContext context)
    {
        if (HttpRouteMapper.IsOurs(context.Route))
            context.RequestTransforms.Add(s_transform);
    }

    private sealed class Transform : RequestTransform
    {
        public override ValueTask ApplyAsync(RequestTransformContext context)
        {
            if (context.HttpContext.Features.Get<HttpCall>() is { } call)
                context.ProxyRequest.Options.Set(HttpCall.Key, call);
            return default;
        }
    }
}
