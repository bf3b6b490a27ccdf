using System.Globalization;
using MovieQA.Frames;
using MovieQA.Pipeline;
using MovieQA.Storage.Tests.Synthetic;
using MovieQA.Tokens;

namespace MovieQA.Storage.Tests.Children;

/// <summary>What a child process of the tests does; its parent kills it at a moment of its choosing.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        switch (args)
        {
            case ["write", var engine, var path, var film, var chunks, var width]:
                Write(engine, path, film, Number(chunks), Number(width));
                return 0;
            case ["index", var engine, var path, var frames, var width, var delay, var log]:
                await IndexAsync(engine, path, Number(frames), Number(width), Number(delay), log);
                return 0;
            case ["lock", var engine, var path, var film]:
                await LockAsync(engine, path, film);
                return 0;
            default:
                await Console.Error.WriteLineAsync("This program is started by the tests.");
                return 2;
        }
    }

    /// <summary>Says "committed N" after each chunk.</summary>
    private static void Write(string engine, string path, string film, int chunks, int width)
    {
        using var store = StoreEngines.Open(engine, path);
        var key = Streams.Identity(film).ToKey();
        Console.WriteLine("ready");
        for (var i = 0; i < chunks; i++)
        {
            store.WriteChunk(key, Streams.Chunk(i, width: width));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"committed {i}"));
        }
    }

    /// <summary>Logs "content|both count" to a file after each batch that was encoded, one write each, which a kill does not take back.</summary>
    private static async Task IndexAsync(string engine, string path, int frames, int width, int delayMilliseconds, string log)
    {
        using var store = StoreEngines.Open(engine, path);
        using var encoder = new SyntheticEncoder(width)
        {
            DelayPerBatch = TimeSpan.FromMilliseconds(delayMilliseconds),
            Encoded = (count, questions) => File.AppendAllText(log, string.Create(CultureInfo.InvariantCulture, $"{count} {questions.Count}\n")),
        };
        var index = new IndexFilm(store, new SyntheticFilm(frames), encoder, SyntheticFilm.Preprocess, IndexOptions.Default, TimeProvider.System);
        Console.WriteLine("ready");
        var result = await index.RunAsync(
            new IndexRequest(SyntheticFilm.Film(), new FramePlan.FramesPerSecond(1), ["who?"]), null, CancellationToken.None);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"done {result.ChunksEncoded} {result.DidNothing}"));
    }

    private static async Task LockAsync(string engine, string path, string film)
    {
        using var store = StoreEngines.Open(engine, path);
        using var held = await store.LockStreamAsync(Streams.Identity(film).ToKey(), CancellationToken.None);
        Console.WriteLine("ready");
        await Task.Delay(Timeout.Infinite);
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
