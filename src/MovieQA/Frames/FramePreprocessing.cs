using System.Globalization;

namespace MovieQA.Frames;

/// <summary>
/// How a decoded frame becomes a vision tower's input: resize (Pillow's bicubic with antialias, 8-bit rounding after each pass), fit,
/// scale to 0..1, normalise per channel. Equal values give equal bytes, so <see cref="Identity"/> is part of every stream key.
/// </summary>
/// <param name="Size">Side of the square input in pixels: 224, 336.</param>
/// <param name="Mean">Per channel (R, G, B), subtracted after scaling to 0..1.</param>
/// <param name="StandardDeviation">Per channel, divided by.</param>
public sealed record FramePreprocessing(FrameFit Fit, int Size, ChannelValues Mean, ChannelValues StandardDeviation)
{
    public string Identity => string.Create(
        CultureInfo.InvariantCulture, $"{Fit};{Size};mean={Mean};std={StandardDeviation};pillow-bicubic");

    /// <summary>OpenAI CLIP's constants, as LLaMA-VID's <c>preprocessor_config.json</c> states them.</summary>
    public static FramePreprocessing Clip(FrameFit fit, int size) => new(
        fit, size, new(0.48145466f, 0.4578275f, 0.40821073f), new(0.26862954f, 0.26130258f, 0.27577711f));

    public static FramePreprocessing ImageNet(FrameFit fit, int size) => new(
        fit, size, new(0.485f, 0.456f, 0.406f), new(0.229f, 0.224f, 0.225f));
}

/// <summary>How a picture of any shape fills the square.</summary>
public enum FrameFit
{
    /// <summary>Shortest edge to the size, centre crop with offset floor(d ÷ 2) (transformers' CLIPImageProcessor).</summary>
    CropFloor,

    /// <summary>Shortest edge to the size, centre crop with offset round-half-to-even(d ÷ 2) (torchvision, VideoChat).</summary>
    CropRound,

    /// <summary>Both edges to the size, shape not kept (BLIP-2's evaluation processor).</summary>
    Squash,

    /// <summary>Padded to a centred square with int(mean × 255), then as <see cref="CropFloor"/> (LLaVA's <c>image_aspect_ratio pad</c>).</summary>
    PadThenCropFloor,
}

public readonly record struct ChannelValues(float Red, float Green, float Blue)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Red:R},{Green:R},{Blue:R}");
}
