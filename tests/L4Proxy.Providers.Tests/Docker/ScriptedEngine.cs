using System.IO.Pipelines;
using L4Proxy.Providers.Docker;

namespace L4Proxy.Providers.Tests.Docker;

/// <summary>An Engine that does what a test says.</summary>
internal sealed class ScriptedEngine
{
    /// <summary>Its containers.</summary>
    public IReadOnlyList<DockerContainer> Containers { get; set; } = [];

    /// <summary>Whether it can be reached.</summary>
    public bool IsReachable { get; set; } = true;

    /// <summary>Whether it answers.</summary>
    public bool IsSilent { get; set; }

    /// <summary>How often it was asked for the list.</summary>
    public int Lists { get; private set; }

    /// <summary>The connections that were made and are not disposed.</summary>
    public int Open { get; private set; }

    /// <summary>What is written to the newest stream of events.</summary>
    public PipeWriter Events { get; private set; } = null!;

    public IDockerConnection Connect()
    {
        if (!IsReachable)
            throw new IOException("Nobody is there.");
        return new Connection(this);
    }

    public async Task SayAsync() => await Events.WriteAsync("{}"u8.ToArray());

    private sealed class Connection : IDockerConnection
    {
        private readonly ScriptedEngine _engine;

        public Connection(ScriptedEngine engine)
        {
            _engine = engine;
            engine.Open++;
        }

        public Task<Stream> OpenEventsAsync(CancellationToken cancellation)
        {
            if (_engine.IsSilent)
                return new TaskCompletionSource<Stream>().Task;
            var pipe = new Pipe();
            _engine.Events = pipe.Writer;
            return Task.FromResult(pipe.Reader.AsStream());
        }

        public Task<IReadOnlyList<DockerContainer>> ListAsync(CancellationToken cancellation)
        {
            _engine.Lists++;
            return _engine.IsSilent ? new TaskCompletionSource<IReadOnlyList<DockerContainer>>().Task : Task.FromResult(_engine.Containers);
        }

        public void Dispose() => _engine.Open--;
    }
}
