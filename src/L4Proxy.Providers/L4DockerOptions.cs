namespace L4Proxy.Providers;

/// <summary>Where routes from Docker labels come from, and how the containers are reached.</summary>
public sealed record L4DockerOptions
{
    /// <summary>The Docker Engine: <c>unix:///var/run/docker.sock</c>, <c>tcp://host:2375</c>, or <c>https://host:2376</c> (and <c>tcp://</c> with certificates) over TLS. Default: the first.</summary>
    public Uri Endpoint { get; init; } = new("unix:///var/run/docker.sock");

    /// <summary>What labels of Caddy's form begin with. Labels of L4Proxy's own form begin with <c>l4proxy</c> always. Default: <c>caddy</c>.</summary>
    public string LabelPrefix { get; init; } = "caddy";

    /// <summary>
    /// The address of the Engine's machine, where this program runs on another: containers are reached there by their published ports. Default: none; they are reached by their own addresses.
    /// </summary>
    public string? HostAddress { get; init; }

    /// <summary>The network whose addresses are used, of containers that are in it and name no other. Default: none; the network that this program's own container shares, else the first by name.</summary>
    public string? Network { get; init; }

    /// <summary>This program's own container, by name or id. Default: the name of the machine, which is the beginning of the id in a container whose <c>hostname</c> is not set.</summary>
    public string? OwnContainer { get; init; } = Environment.MachineName;

    /// <summary>
    /// A folder with <c>ca.pem</c>, <c>cert.pem</c> and <c>key.pem</c>, as Docker's <c>DOCKER_CERT_PATH</c>. The files are read at each connection, so that renewed ones are taken. Default: none.
    /// </summary>
    public string? CertificateFolder { get; init; }

    /// <summary>The authorities that the Engine's certificate is to come from, in PEM. Default: <c>ca.pem</c> of the folder, else those of the system.</summary>
    public string? CaFile { get; init; }

    /// <summary>The certificate that the Engine is shown, in PEM. Default: <c>cert.pem</c> of the folder, else none.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>Its key, in PEM. Default: <c>key.pem</c> of the folder.</summary>
    public string? KeyFile { get; init; }
}
