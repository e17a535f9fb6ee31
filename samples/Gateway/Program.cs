using L4Proxy.Gateway;
using L4Proxy.Gateway.Demo;

try
{
    var arguments = GatewayArguments.Parse(args);
    if (arguments.Answer is { } answer)
        return answer();
    if (arguments.Import is { } file)
        return await ConfigImport.RunAsync(file);
    if (arguments.ConfigFile is null && EnvironmentGateway.IsMeant)
        await EnvironmentGateway.RunAsync();
    else if (arguments.ConfigFile is null)
        await Demonstration.RunAsync();
    else if (arguments.Check)
        await FileCheck.RunAsync(new GatewayFile(arguments.ConfigFile));
    else if (arguments.Explain is { } connection)
        return await RouteExplanation.RunAsync(new GatewayFile(arguments.ConfigFile), connection);
    else
        await FileGateway.RunAsync(new GatewayFile(arguments.ConfigFile));
    return 0;
}
catch (GatewayException e)
{
    await e.WriteAsync();
    return e.ExitCode;
}
