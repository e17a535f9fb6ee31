namespace L4Proxy.Transport.Linux.Reactors;

/// <summary>What another thread wants a reactor to do.</summary>
internal readonly record struct PostedWork(SendOrPostCallback Run, object? State);
