using MovieQA.Answering;
using MovieQA.Models.Llama;

namespace MovieQA.Models.Tests.Llama;

public sealed class NextTokenScoresTests
{
    private static readonly GenerationOptions Plain = GenerationOptions.Greedy(1) with { Temperature = 1 };

    [Test]
    public void ArgMax_Tie_TakesTheFirst() => Assert.That(NextTokenScores.ArgMax([1, 3, 3, 2]), Is.EqualTo(1));

    [Test]
    public void Penalise_RepeatedAndForeignIds_CountsEachOnceAndSkipsPlaceholders()
    {
        float[] scores = [2, -2, 2];
        NextTokenScores.Penalise(scores, [0, 0, 1, -200, 7], 2);

        Assert.That(scores, Is.EqualTo((float[])[1, -4, 2]));
    }

    [Test]
    public void ToProbabilities_TopKTie_KeepsBoth()
    {
        float[] scores = [1, 2, 2, 0];
        NextTokenScores.ToProbabilities(scores, Plain with { TopK = 1 });

        Assert.That(scores, Is.EqualTo((float[])[0, 0.5f, 0.5f, 0]));
    }

    [Test]
    public void ToProbabilities_TinyTopP_KeepsTheBest()
    {
        float[] scores = [0, 1, 0.5f];
        NextTokenScores.ToProbabilities(scores, Plain with { TopP = 1e-6 });

        Assert.That(scores, Is.EqualTo((float[])[0, 1, 0]));
    }

    [TestCase(0.0, 1)]
    [TestCase(0.24, 1)]
    [TestCase(0.26, 3)]
    [TestCase(0.999999, 3)]
    public void Draw_Uniform_FindsTheTokenItFallsOn(double uniform, int expected) =>
        Assert.That(NextTokenScores.Draw([0, 0.25f, 0, 0.75f, 0], uniform), Is.EqualTo(expected));

    [Test]
    public void SeededDraws_KnownSeed_GivesTheNumbersOfSplitMix64()
    {
        // First outputs of the published algorithm for seed 1234567.
        var draws = new SeededDraws(1234567);

        Assert.That(draws.NextBits(), Is.EqualTo(6457827717110365317UL));
        Assert.That(draws.NextBits(), Is.EqualTo(3203168211198807973UL));
    }
}
