namespace MovieQA.Tokens;

/// <summary>How stored tokens are coded: two bytes a value either way.</summary>
public enum TokenDtype
{
    Float16 = 1,
    BFloat16 = 2,
}

/// <summary>Tokens of one frame: <c>[TokensPerFrame, Width]</c>; LLaMA-VID-7B's content is <c>[1, 4096]</c>.</summary>
public readonly record struct TokenShape(int TokensPerFrame, int Width)
{
    /// <summary>Bytes of one frame's tokens in a store.</summary>
    public int BytesPerFrame => checked(TokensPerFrame * Width * 2);
}
