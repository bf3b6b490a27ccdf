using MovieQA.Films;
using MovieQA.Frames;

namespace MovieQA.Pipeline;

/// <summary>A film to index: its content stream, and one context stream per question, all from one decode and one vision pass.</summary>
/// <param name="Questions">May be empty. Equal questions share a stream.</param>
/// <param name="Force">Deletes the streams that are there and makes them again.</param>
public sealed record IndexRequest(Film Film, FramePlan Plan, IReadOnlyList<string> Questions, bool Force = false);
