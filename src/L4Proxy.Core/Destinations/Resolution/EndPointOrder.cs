using System.Collections.Immutable;
using System.Net;
using System.Runtime.InteropServices;

namespace L4Proxy.Destinations.Resolution;

/// <summary>
/// A destination's end points in the order in which they are best tried: the resolver's, until one of them fails. What was
/// learnt is the order itself, so nothing grows and asking is free. From any thread.
/// </summary>
internal class EndPointOrder(ImmutableArray<EndPoint> endPoints)
{
    private readonly EndPoint[] _first = ImmutableCollectionsMarshal.AsArray(endPoints)!;
    private readonly Lock _gate = new();
    private volatile EndPoint[] _now = ImmutableCollectionsMarshal.AsArray(endPoints)!;
    private int _lookupsSince;

    /// <summary>The order of now. Not to be changed: others share it.</summary>
    public ImmutableArray<EndPoint> EndPoints => ImmutableCollectionsMarshal.AsImmutableArray(_now);

    /// <summary>Whether it is another order than the resolver's.</summary>
    public bool HasLearnt => _now != _first;

    /// <summary>Whether the end point at an index is tried only once all before it have failed, instead of a moment after them.</summary>
    public virtual bool IsLastResort(int index) => false;

    /// <summary>It answered: it is tried first from now on.</summary>
    public virtual void NoteAnswered(EndPoint endPoint)
    {
        if (!ReferenceEquals(_now[0], endPoint))
            Move(endPoint, toEnd: false);
    }

    /// <summary>It refused, hung or was slower than one tried after it: it is tried last from now on.</summary>
    public virtual void NoteFailed(EndPoint endPoint) => Move(endPoint, toEnd: true);

    /// <summary>
    /// The name was looked up again, and the addresses are the same. After so many lookups without a further failure what was
    /// learnt is forgotten: what was down may be up again, and the resolver may have had a reason for its order.
    /// </summary>
    /// <param name="lookups">How many.</param>
    public void Age(int lookups)
    {
        lock (_gate)
        {
            if (HasLearnt && ++_lookupsSince >= lookups)
                _now = _first;
        }
    }

    private void Move(EndPoint endPoint, bool toEnd)
    {
        if (_first.Length == 1)
            return;
        lock (_gate)
        {
            var from = Array.IndexOf(_now, endPoint);
            var to = toEnd ? _now.Length - 1 : 0;
            if (from < 0)
                return;
            _lookupsSince = 0;
            if (from != to)
                _now = Moved(_now, from, to);
        }
    }

    private EndPoint[] Moved(EndPoint[] before, int from, int to)
    {
        List<EndPoint> moved = [.. before];
        moved.RemoveAt(from);
        moved.Insert(to, before[from]);
        return moved.SequenceEqual(_first) ? _first : [.. moved];
    }
}
