using System.Globalization;

namespace L4Proxy.Providers.Docker;

/// <summary>Which port of a container is meant.</summary>
internal static class DockerPorts
{
    /// <summary>Reads a port, or takes the only one that the container exposes.</summary>
    /// <param name="container">Whose it is.</param>
    /// <param name="isUdp">Whether it is of UDP.</param>
    /// <param name="text">What a label says; null where it says nothing.</param>
    /// <param name="error">Why there is none.</param>
    public static int? Find(DockerContainer container, bool isUdp, string? text, out string? error)
    {
        error = null;
        if (text is not null)
        {
            if (ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var said) && said > 0)
                return said;
            error = $"'{text}' is not a port, 1 to 65535.";
            return null;
        }
        List<int> exposed = [.. container.Ports.Where(port => port.IsUdp == isUdp).Select(port => port.Number).Distinct()];
        if (exposed.Count == 1)
            return exposed[0];
        error = $"Say the port: the container exposes {(exposed.Count == 0 ? "none" : "several")} ({(isUdp ? "udp" : "tcp")}).";
        return null;
    }

    /// <summary>Why a container is left out.</summary>
    public static string NotReady(DockerContainer container) =>
        container.Health == DockerHealth.Starting ? "The container's health check has not passed yet: it is left out until then." : "The container is unhealthy: it is left out while it is.";
}
