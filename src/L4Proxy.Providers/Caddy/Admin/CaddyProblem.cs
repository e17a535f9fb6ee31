namespace L4Proxy.Providers.Caddy.Admin;

/// <summary>Why a call of Caddy's admin API fails, as Caddy answers it: <c>{"error": "…"}</c>.</summary>
internal sealed class CaddyProblem(int status, string message) : Exception(message)
{
    public int Status { get; } = status;
}
