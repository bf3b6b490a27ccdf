using TorchSharp.Dispatch;

namespace TorchSharp;

/// <summary>A number of any kind, as operators take it beside tensors.</summary>
public readonly struct Scalar
{
    private readonly long integer;
    private readonly double real;
    private readonly NativeTag kind;

    private Scalar(long value, NativeTag kind)
    {
        integer = value;
        this.kind = kind;
    }

    private Scalar(double value)
    {
        real = value;
        kind = NativeTag.Double;
    }

    public static implicit operator Scalar(byte value) => new(value, NativeTag.Int);

    public static implicit operator Scalar(short value) => new(value, NativeTag.Int);

    public static implicit operator Scalar(int value) => new(value, NativeTag.Int);

    public static implicit operator Scalar(long value) => new(value, NativeTag.Int);

    public static implicit operator Scalar(float value) => new(value);

    public static implicit operator Scalar(double value) => new(value);

    public static implicit operator Scalar(bool value) => new(value ? 1 : 0, NativeTag.Bool);

    internal bool IsFloatingPoint => kind == NativeTag.Double;

    internal Argument ToArgument() => kind switch
    {
        NativeTag.Double => real,
        NativeTag.Bool => integer != 0,
        _ => integer,
    };

    public double ToDouble() => kind == NativeTag.Double ? real : integer;

    public float ToSingle() => (float)ToDouble();

    public long ToInt64() => kind == NativeTag.Double ? (long)real : integer;

    public int ToInt32() => checked((int)ToInt64());

    public bool ToBoolean() => kind == NativeTag.Double ? real != 0 : integer != 0;
}
