namespace L4Proxy.Destinations.Dialling;

/// <summary>What came of one attempt to connect to a destination.</summary>
/// <param name="Failure">None when it is connected.</param>
/// <param name="Again">Whether another attempt at the same destination may do better.</param>
/// <param name="Detail">More about the failure, for people: bounded, on one line.</param>
internal readonly record struct DialOutcome(L4EndReason Failure, DialAgain Again = DialAgain.Never, string Detail = "");
