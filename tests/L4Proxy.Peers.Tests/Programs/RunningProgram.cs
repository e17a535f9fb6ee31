using System.ComponentModel;
using System.Diagnostics;
using System.Net;

namespace L4Proxy.Peers.Tests.Programs;

/// <summary>A real program: started, its output captured, ended by its own process id.</summary>
internal sealed class RunningProgram : IAsyncDisposable
{
    public static readonly TimeSpan UsualDeadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan TerminateDeadline = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly string _commandLine;

    private RunningProgram(Process process, string commandLine)
    {
        _process = process;
        _commandLine = commandLine;
    }

    /// <summary>Standard output.</summary>
    public OutputLines Output { get; } = new();

    /// <summary>Standard error.</summary>
    public OutputLines Error { get; } = new();

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public StreamWriter Input => _process.StandardInput;

    /// <summary>Starts <paramref name="program"/>, or skips the test where it is not installed.</summary>
    public static RunningProgram Start(string program, IEnumerable<string> arguments, string? directory = null,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(Installed.Require(program), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory ?? Path.GetTempPath(),
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;

        var running = new RunningProgram(new Process { StartInfo = start }, $"{program} {string.Join(' ', start.ArgumentList)}");
        running.Begin();
        return running;
    }

    /// <summary>Runs <paramref name="program"/> to its end, with <paramref name="input"/> (default: nothing) on its standard input.</summary>
    public static async Task<ProgramResult> RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancellation,
        string input = "", TimeSpan? deadline = null, string? directory = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        await using var running = Start(program, arguments, directory, environment);
        await running.SendAsync(input);
        return await running.WaitForExitAsync(deadline ?? UsualDeadline, cancellation);
    }

    /// <summary>Waits until it has ended by itself.</summary>
    public async Task<ProgramResult> WaitForExitAsync(TimeSpan deadline, CancellationToken cancellation)
    {
        try
        {
            await _process.WaitForExitAsync(cancellation).WaitAsync(deadline, cancellation);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Still running after {deadline}: {this}");
        }

        return new(_commandLine, _process.ExitCode, Output.Text, Error.Text);
    }

    /// <summary>Waits until <paramref name="port"/> of loopback, or of an address, accepts; ends the program and fails where it does not.</summary>
    public async Task WaitUntilListeningAsync(int port, CancellationToken cancellation, IPAddress? address = null)
    {
        try
        {
            await Eventually.AcceptsAsync(port, UsualDeadline, () => HasExited, cancellation, address);
        }
        catch (TimeoutException)
        {
            var said = ToString();
            await DisposeAsync();
            throw new TimeoutException($"Port {port} does not accept. {said}");
        }
    }

    /// <summary>Asks it to end (SIGTERM), and ends it (SIGKILL) where it does not.</summary>
    public async Task<int> StopAsync()
    {
        if (!_process.HasExited)
        {
            Signal.Terminate(_process.Id);
            try
            {
                await _process.WaitForExitAsync().WaitAsync(TerminateDeadline);
            }
            catch (TimeoutException)
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync().WaitAsync(TerminateDeadline);
            }
        }

        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync();
        }
        catch (InvalidOperationException)
        {
            // Disposed already.
        }

        _process.Dispose();
    }

    public override string ToString() => $"{_commandLine}\n--- stdout\n{Output.Text}\n--- stderr\n{Error.Text}";

    private void Begin()
    {
        _process.OutputDataReceived += (_, line) => Take(Output, line.Data);
        _process.ErrorDataReceived += (_, line) => Take(Error, line.Data);
        try
        {
            _process.Start();
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"Cannot start {_commandLine}", e);
        }

        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private async Task SendAsync(string input)
    {
        try
        {
            await _process.StandardInput.WriteAsync(input);
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading all of it; its result says why.
        }
    }

    private static void Take(OutputLines lines, string? line)
    {
        if (line is null)
            lines.End();
        else
            lines.Add(line);
    }
}
