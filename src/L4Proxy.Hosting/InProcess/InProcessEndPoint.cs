using System.Net;

namespace L4Proxy.InProcess;

/// <summary>An endpoint of the in-process server, known by its name alone.</summary>
internal sealed class InProcessEndPoint(string name) : EndPoint
{
    public override string ToString() => name;
}
