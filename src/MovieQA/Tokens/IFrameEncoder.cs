using MovieQA.Frames;

namespace MovieQA.Tokens;

/// <summary>
/// Turns preprocessed frames into tokens: a vision tower and a frame compressor. One family of models is one implementation.
/// All tensor work runs on the encoder's device thread; calls from any thread queue up there.
/// </summary>
public interface IFrameEncoder : IDisposable
{
    FrameEncoderIdentity Identity { get; }

    FramePreprocessing Preprocessing { get; }

    /// <summary>Content tokens of one frame, e.g. <c>[1, 4096]</c>.</summary>
    TokenShape ContentShape { get; }

    /// <summary>Context tokens of one frame, e.g. <c>[1, 4096]</c>.</summary>
    TokenShape ContextShape { get; }

    TokenDtype Dtype { get; }

    /// <summary>
    /// Encodes a batch once and compresses it for every question. The result does not depend on how frames are divided into batches
    /// beyond what the batch boundaries of one chunk are: pipelines always pass a chunk's frames in the same batches.
    /// </summary>
    /// <param name="pixels"><c>[frames, 3, Size, Size]</c>, float32, normalised, row-major; read before the task completes, never kept.</param>
    /// <param name="frames">How many frames <paramref name="pixels"/> holds.</param>
    /// <param name="questions">May be empty: then only content tokens are made.</param>
    Task<EncodedFrames> EncodeAsync(ReadOnlyMemory<float> pixels, int frames, IReadOnlyList<string> questions, CancellationToken cancellationToken);
}

/// <param name="Name">For people: <c>llama-vid-7b</c>, or the folder's name.</param>
/// <param name="ContentId">Hash of weights, settings and dtype that the content tokens pass through.</param>
/// <param name="ContextId">The same for the context tokens: Q-Former, text tokenizer and context attention as well.</param>
/// <param name="IsTrained">False when the checkpoint's own <c>config.json</c> says its weights are random.</param>
public sealed record FrameEncoderIdentity(string Name, ContentHash ContentId, ContentHash ContextId, bool IsTrained);

/// <param name="Content"><c>[frames, tokens, width]</c> in the encoder's token dtype, little-endian.</param>
/// <param name="ContextByQuestion">One such array per question, in the order asked.</param>
public sealed record EncodedFrames(byte[] Content, IReadOnlyList<byte[]> ContextByQuestion);
