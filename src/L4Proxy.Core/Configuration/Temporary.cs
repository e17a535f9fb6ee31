#pragma warning disable
using System.Net; using L4Proxy.Routing;
namespace L4Proxy.Configuration;
internal interface IConfigCheck { void Check(L4Config config, ICollection<L4ConfigError> errors, ICollection<L4ConfigError> warnings); }
internal enum EndpointScheme { Tcp, Unix } internal enum EndpointHost { Any, Localhost, Address }
internal sealed class EndpointUrl { public EndpointScheme Scheme; public EndpointHost Host; public IPAddress? Address; public (int Low,int High) Ports; public string? Path;
 public static bool TryParse(string t, out EndpointUrl? u, out string? e) { e=null; u=new(); if (t.StartsWith("unix:")) { u.Scheme=EndpointScheme.Unix; u.Path=t[5..]; return true; }
 t=t[6..]; var i=t.LastIndexOf(':'); var h=t[..i]; var p=t[(i+1)..].Split('-'); u.Ports=(int.Parse(p[0]), int.Parse(p[^1])); if (h=="*") u.Host=EndpointHost.Any; else if (h=="localhost") u.Host=EndpointHost.Localhost; else { u.Host=EndpointHost.Address; u.Address=IPAddress.Parse(h.Trim('[',']')); } return true; } }
internal static class ConfigValidator { public static void Validate(L4Config c, List<L4ConfigError> e, List<L4ConfigError> w) {} }
