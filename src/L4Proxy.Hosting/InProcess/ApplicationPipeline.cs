using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace L4Proxy.InProcess;

/// <summary>
/// Remembers the app's pipeline when it is built for the app's server, and gives the same one to the in-process server: the
/// app is set up once. It is the outermost filter, so that the others are asked once, too.
/// </summary>
internal sealed class ApplicationPipeline(InProcessServer inProcess) : IStartupFilter
{
    private RequestDelegate? _pipeline;

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        if (ReferenceEquals(app.ServerFeatures, inProcess.Features))
        {
            app.Run(_pipeline ?? throw new InvalidOperationException("The app was not set up."));
            return;
        }
        app.Use(pipeline => _pipeline = pipeline);
        next(app);
    };
}
