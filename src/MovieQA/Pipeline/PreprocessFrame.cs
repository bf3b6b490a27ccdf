using MovieQA.Frames;

namespace MovieQA.Pipeline;

/// <summary>Turns one decoded frame into a vision tower's input: <c>[3, Size, Size]</c>, normalised, row-major, every value written.</summary>
public delegate void PreprocessFrame(DecodedFrame frame, Span<float> target);
