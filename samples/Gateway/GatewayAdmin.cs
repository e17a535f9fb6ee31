using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace L4Proxy.Gateway;

/// <summary>The admin API on a listener of its own, which serves nothing else.</summary>
internal static class GatewayAdmin
{
    private const string Scheme = "AdminToken";

    /// <summary>Has Kestrel listen for it.</summary>
    public static void Add(WebApplicationBuilder builder, GatewayOptions options)
    {
        if (options.Admin is not { } url)
            return;
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(options.AdminAddress, url.Port));
        if (options.AdminToken is { Length: > 0 } token)
            AddAuthorization(builder.Services, token);
    }

    // By itself: who needs none does not load what it takes.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddAuthorization(IServiceCollection services, string token)
    {
        services.AddAuthentication(Scheme).AddScheme<TokenOptions, TokenHandler>(Scheme, scheme => scheme.Token = token);
        services.AddAuthorization();
    }

    /// <summary>Serves it, and on its listener nothing else.</summary>
    public static void Use(WebApplication app, GatewayOptions options)
    {
        if (options.Admin is not { } url)
            return;
        app.MapWhen(context => context.Connection.LocalPort == url.Port, admin =>
        {
            // One that YARP has for every path was found already, and routing would leave it at that.
            admin.Use((context, next) =>
            {
                context.SetEndpoint(null);
                return next();
            });
            admin.UseRouting();
            if (options.AdminToken is { Length: > 0 })
                admin.UseAuthentication().UseAuthorization();
            admin.UseEndpoints(endpoints =>
            {
                endpoints.MapL4ProxyHealth();
                MetricsPage.Map(endpoints, options);
                if (options.Dashboard)
                    MapDashboard(endpoints, options);
                List<IEndpointConventionBuilder> apis = [endpoints.MapL4ProxyApi(configure: guard => Configure(guard, options))];
                if (options.CaddyApi)
                    apis.Add(GatewayProviders.MapCaddyApi(endpoints, guard => Configure(guard, options)));
                if (options.AdminToken is { Length: > 0 })
                    apis.ForEach(api => api.RequireAuthorization());
            });
        });
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MapDashboard(IEndpointRouteBuilder endpoints, GatewayOptions options) =>
        endpoints.MapL4ProxyDashboard(configure: dashboard => dashboard.AskForToken = options.AdminToken is { Length: > 0 });

    private static void Configure(L4ProxyApiOptions guard, GatewayOptions options)
    {
        if (options.AdminHosts.Count > 0)
            guard.AllowedHosts.Clear();
        foreach (var host in options.AdminHosts)
            guard.AllowedHosts.Add(host);
        foreach (var origin in options.AdminOrigins)
            guard.AllowedOrigins.Add(origin);
        guard.Addresses.Add(new IPEndPoint(options.AdminAddress, options.Admin!.Port));
        guard.Records.HostsFile = options.HostsFile;
    }

    private sealed class TokenOptions : AuthenticationSchemeOptions
    {
        public string Token { get; set; } = "";
    }

    private sealed class TokenHandler(IOptionsMonitor<TokenOptions> options, ILoggerFactory log, UrlEncoder encoder) : AuthenticationHandler<TokenOptions>(options, log, encoder)
    {
        private const string Prefix = "Bearer ";

        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (Request.Headers.Authorization is not [{ } header, ..] || !header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
                return Task.FromResult(AuthenticateResult.NoResult());
            // Neither how long a wrong token is, nor where it begins to be wrong, is to be seen by the time that it takes.
            var isRight = CryptographicOperations.FixedTimeEquals(Hash(header[Prefix.Length..].Trim()), Hash(Options.Token));
            return Task.FromResult(isRight
                ? AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, "admin")], Scheme.Name)), Scheme.Name))
                : AuthenticateResult.Fail("The token is wrong."));
        }

        private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
    }
}
