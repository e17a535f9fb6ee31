using System.Net;

namespace L4Proxy.Api.Ports;

/// <summary>A socket of this machine that takes what comes to a port.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Inode">Its number, by which a process is found that has it.</param>
internal readonly record struct ListeningSocket(IPEndPoint Address, long Inode);
