using MovieQA.Answering;

namespace MovieQA.Models.Llama;

/// <summary>
/// From a position's logits to the probabilities the next token is drawn from, in transformers 4.31's order and with its rules for ties
/// (<c>generation/logits_process.py</c>): repetition penalty, temperature, top-k, top-p, softmax. Works in float32 on the CPU, so that the same logits
/// give the same draw on every device and in every build profile.
/// </summary>
internal static class NextTokenScores
{
    /// <summary>Every distinct id of <paramref name="history"/> once: a positive score is divided, a negative one multiplied.</summary>
    public static void Penalise(Span<float> scores, IEnumerable<int> history, double penalty)
    {
        if (penalty == 1)
        {
            return;
        }

        var factor = (float)penalty;
        foreach (var id in history.Distinct())
        {
            // An image placeholder (-200) in a prompt is no token of the vocabulary.
            if (id >= 0 && id < scores.Length)
            {
                scores[id] = scores[id] < 0 ? scores[id] * factor : scores[id] / factor;
            }
        }
    }

    /// <summary>Turns penalised scores into probabilities in place; a token that is ruled out has probability 0.</summary>
    public static void ToProbabilities(Span<float> scores, GenerationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Temperature is not (1 or 0))
        {
            var temperature = (float)options.Temperature;
            for (var i = 0; i < scores.Length; i++)
            {
                scores[i] /= temperature;
            }
        }

        if (options.TopK > 0)
        {
            KeepTop(scores, options.TopK);
        }

        if (options.TopP < 1)
        {
            KeepNucleus(scores, options.TopP);
        }

        Softmax(scores);
    }

    /// <summary>The first of the largest.</summary>
    public static int ArgMax(ReadOnlySpan<float> scores)
    {
        var best = 0;
        for (var i = 1; i < scores.Length; i++)
        {
            if (scores[i] > scores[best])
            {
                best = i;
            }
        }

        return best;
    }

    /// <summary>The token at which the cumulative probability, in order of id, passes <paramref name="uniform"/> (0 to below 1).</summary>
    public static int Draw(ReadOnlySpan<float> probabilities, double uniform)
    {
        var total = 0d;
        foreach (var probability in probabilities)
        {
            total += probability;
        }

        var target = uniform * total;
        var passed = 0d;
        var last = 0;
        for (var id = 0; id < probabilities.Length; id++)
        {
            if (probabilities[id] > 0)
            {
                passed += probabilities[id];
                last = id;
                if (passed > target)
                {
                    return id;
                }
            }
        }

        return last;
    }

    /// <summary>Keeps every score not below the k-th largest: with ties, more than k stay.</summary>
    private static void KeepTop(Span<float> scores, int k)
    {
        if (k >= scores.Length)
        {
            return;
        }

        // A heap of the k largest so far, the smallest of them on top.
        var largest = new PriorityQueue<int, float>(k + 1);
        for (var i = 0; i < scores.Length; i++)
        {
            if (largest.Count < k)
            {
                largest.Enqueue(i, scores[i]);
            }
            else if (scores[i] > scores[largest.Peek()])
            {
                largest.EnqueueDequeue(i, scores[i]);
            }
        }

        var threshold = scores[largest.Peek()];
        foreach (ref var score in scores)
        {
            if (score < threshold)
            {
                score = float.NegativeInfinity;
            }
        }
    }

    /// <summary>
    /// Sorted from the smallest, everything whose cumulative probability is at most 1 − p goes; the most probable token always stays.
    /// </summary>
    private static void KeepNucleus(Span<float> scores, double p)
    {
        // The ruled-out ones carry no probability and go first: only the others need sorting.
        var order = new List<int>();
        for (var i = 0; i < scores.Length; i++)
        {
            if (!float.IsNegativeInfinity(scores[i]))
            {
                order.Add(i);
            }
        }

        var values = scores.ToArray();
        order.Sort((a, b) =>
        {
            var byScore = values[a].CompareTo(values[b]);
            return byScore != 0 ? byScore : a.CompareTo(b);
        });

        var sorted = new float[order.Count];
        for (var i = 0; i < sorted.Length; i++)
        {
            sorted[i] = values[order[i]];
        }

        Softmax(sorted);
        var limit = (float)(1 - p);
        var cumulative = 0d;
        for (var i = 0; i < sorted.Length - 1; i++)
        {
            cumulative += sorted[i];
            if ((float)cumulative <= limit)
            {
                scores[order[i]] = float.NegativeInfinity;
            }
        }
    }

    private static void Softmax(Span<float> scores)
    {
        var largest = float.NegativeInfinity;
        foreach (var score in scores)
        {
            largest = MathF.Max(largest, score);
        }

        var total = 0d;
        foreach (ref var score in scores)
        {
            score = MathF.Exp(score - largest);
            total += score;
        }

        var sum = (float)total;
        foreach (ref var score in scores)
        {
            score /= sum;
        }
    }
}
