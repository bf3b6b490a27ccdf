using System.Text.Json;

namespace MovieQA.Models.Llama;

/// <summary>The sizes and constants of a LLaMA decoder, as a checkpoint's <c>config.json</c> states them (transformers' <c>LlamaConfig</c>).</summary>
public sealed record LlamaConfig
{
    public required int VocabularySize { get; init; }

    /// <summary>Width of the residual stream: 4096 for 7B.</summary>
    public required int HiddenSize { get; init; }

    public required int IntermediateSize { get; init; }

    public required int Layers { get; init; }

    public required int Heads { get; init; }

    /// <summary>Fewer than <see cref="Heads"/> in grouped-query attention; every <c>Heads ÷ KeyValueHeads</c> queries share one key.</summary>
    public required int KeyValueHeads { get; init; }

    public required double RmsNormEpsilon { get; init; }

    /// <summary>Positions the model was made for, before rotary scaling.</summary>
    public required int MaxPositions { get; init; }

    public double RopeTheta { get; init; } = 10_000;

    /// <summary>Linear rotary scaling: positions are divided by it, for short inputs too. 1 for none, 16 for LLaMA-VID's long-video model.</summary>
    public double RopeFactor { get; init; } = 1;

    public int BeginId { get; init; } = 1;

    public int EndId { get; init; } = 2;

    public int PadId { get; init; }

    public int HeadSize => HiddenSize / Heads;

    /// <summary>Positions the rotary scaling stretches to.</summary>
    public int ScaledPositions => (int)(MaxPositions * RopeFactor);

    /// <exception cref="InvalidDataException">A field is missing, not a number, or does not fit the others.</exception>
    public static LlamaConfig Read(JsonElement config, string origin)
    {
        var heads = Required("num_attention_heads");
        var read = new LlamaConfig
        {
            VocabularySize = Required("vocab_size"),
            HiddenSize = Required("hidden_size"),
            IntermediateSize = Required("intermediate_size"),
            Layers = Required("num_hidden_layers"),
            Heads = heads,
            KeyValueHeads = Optional("num_key_value_heads", heads),
            RmsNormEpsilon = Number("rms_norm_eps", 1e-6),
            MaxPositions = Optional("max_position_embeddings", 2048),
            RopeTheta = Number("rope_theta", 10_000),
            RopeFactor = ReadRopeFactor(),
            BeginId = Optional("bos_token_id", 1),
            EndId = Optional("eos_token_id", 2),
            PadId = Math.Max(0, Optional("pad_token_id", 0)),
        };
        if (read.Heads < 1 || read.KeyValueHeads < 1 || read.HiddenSize % read.Heads != 0 || read.Heads % read.KeyValueHeads != 0 || read.HeadSize % 2 != 0)
        {
            throw new InvalidDataException(
                $"{origin}: hidden_size {read.HiddenSize}, {read.Heads} heads and {read.KeyValueHeads} key-value heads do not fit together");
        }

        return read;

        int Required(string name) => Find(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number)
            ? number
            : throw new InvalidDataException($"{origin}: '{name}' is missing or not a whole number; take the config.json that came with the weights");

        int Optional(string name, int fallback) => Find(name) is null ? fallback : Required(name);

        double Number(string name, double fallback) => Find(name) switch
        {
            null => fallback,
            { ValueKind: JsonValueKind.Number } value => value.GetDouble(),
            _ => throw new InvalidDataException($"{origin}: '{name}' is not a number"),
        };

        JsonElement? Find(string name) =>
            config.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

        double ReadRopeFactor()
        {
            if (Find("rope_scaling") is not { } scaling)
            {
                return 1;
            }

            var type = scaling.TryGetProperty("type", out var name) ? name.GetString() : null;
            return type == "linear" && scaling.TryGetProperty("factor", out var factor) && factor.TryGetDouble(out var value) && value >= 1
                ? value
                : throw new InvalidDataException($"{origin}: rope_scaling {scaling} is not implemented; only {{\"type\": \"linear\", \"factor\": F}} with F of 1 or more is");
        }
    }
}
