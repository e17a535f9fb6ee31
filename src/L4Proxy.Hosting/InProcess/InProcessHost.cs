using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace L4Proxy.InProcess;

/// <summary>
/// Runs the in-process server beside the app's own, whichever that is and whenever it was registered. What makes of a pipeline an
/// application with the logs, activities and metrics of ASP.NET is the host's internal web service alone, so a second one is made,
/// with another server.
/// </summary>
internal sealed class InProcessHost(InProcessServer server, InProcessHttp http, IServiceProvider services)
{
    private const string WebService = "GenericWebHostService";

    private IHostedService? _service;

    /// <summary>Starts it, once the app's server has started.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2072", Justification = "AddHostedService<T>, which registered the type, keeps its constructors.")]
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!http.IsAvailable)
            return Task.CompletedTask;
        var type = services.GetServices<IHostedService>().Select(s => s.GetType()).FirstOrDefault(t => t.Name == WebService)
            ?? throw new InvalidOperationException($"This host has a web server and no {WebService}: L4Proxy cannot serve HTTP on its own endpoints.");
        _service = (IHostedService)ActivatorUtilities.CreateInstance(services, type, server);
        return _service.StartAsync(cancellationToken);
    }

    /// <summary>Lets requests finish, as the app's server does.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _service?.StopAsync(cancellationToken) ?? Task.CompletedTask;
}
