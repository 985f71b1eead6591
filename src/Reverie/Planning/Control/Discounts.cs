namespace Reverie.Planning.Control;

/// <summary>Checks of discounts at the public edge.</summary>
internal static class Discounts
{
    public static void Require(double discount)
    {
        if (!(discount > 0.0 && discount <= 1.0))
        {
            throw new ArgumentOutOfRangeException(nameof(discount), discount, "The discount must be above 0 and at most 1.");
        }
    }
}
