#pragma warning disable IDE0130 // Namespaces are this file's subject.
#pragma warning disable CA1812, CA1822, CA1852 // Nothing here is ever run.
namespace Reverie.Architecture.Tests.Sample.Agents
{
    internal class SampleAgent
    {
        public SampleAgent(Planning.KnowsNothing planner) => Planner = planner;

        public Planning.KnowsNothing Planner { get; }
    }
}

namespace Reverie.Architecture.Tests.Sample.Planning
{
    internal sealed class KnowsNothing;

    internal sealed class KnowsInSignature
    {
        public Agents.SampleAgent? Agent { get; set; }
    }

    internal sealed class KnowsInBody
    {
        public bool IsAgent(object thing) => thing is Agents.SampleAgent;
    }

    internal sealed class KnowsInConstraint<T>
        where T : Agents.SampleAgent
    {
        public T? Thing { get; set; }
    }
}
