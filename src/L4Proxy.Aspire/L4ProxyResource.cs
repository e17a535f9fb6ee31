namespace Aspire.Hosting.ApplicationModel;

/// <summary>An L4Proxy gateway that runs as a container: its image is the Gateway's, or one of an application that calls <c>AddL4Proxy()</c>.</summary>
/// <param name="name">The name of the resource: 1 to 64 ASCII letters, digits and hyphens.</param>
/// <remarks>Inert, as resources are: what it does is said by the verbs, which take a project and an executable as well.</remarks>
[AspireExport]
public class L4ProxyResource(string name) : ContainerResource(name), IResourceWithServiceDiscovery;
