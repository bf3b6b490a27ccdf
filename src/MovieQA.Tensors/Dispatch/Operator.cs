using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using static TorchSharp.Dispatch.NativeMethods;

namespace TorchSharp.Dispatch;

/// <summary>
/// One ATen operator, looked up in libtorch's dispatcher when it is first called. Arguments are copied into a stack buffer, so a call allocates nothing
/// but its result.
/// </summary>
internal sealed unsafe class Operator(string name, string overload = "")
{
    private const int StackWords = 64;
    private nint handle;

    /// <summary>Calls the operator for its one tensor result.</summary>
    public torch.Tensor Call(params ReadOnlySpan<Argument> arguments)
    {
        NativeValue result;
        Invoke(arguments, &result, 1);
        return torch.Tensor.Own((nint)result.Bits);
    }

    /// <summary>Calls an operator that changes its first argument in place and returns that same argument.</summary>
    public torch.Tensor CallInPlace(torch.Tensor self, params ReadOnlySpan<Argument> arguments)
    {
        NativeValue result;
        Invoke(arguments, &result, 1);
        mq_tensor_release((nint)result.Bits);
        return self;
    }

    public (torch.Tensor First, torch.Tensor Second) CallPair(params ReadOnlySpan<Argument> arguments)
    {
        var results = stackalloc NativeValue[2];
        Invoke(arguments, results, 2);
        return (torch.Tensor.Own((nint)results[0].Bits), torch.Tensor.Own((nint)results[1].Bits));
    }

    /// <summary>For operators such as native_layer_norm whose second and third results nobody wants.</summary>
    public torch.Tensor CallFirstOf(int results, params ReadOnlySpan<Argument> arguments)
    {
        var values = stackalloc NativeValue[results];
        Invoke(arguments, values, results);
        for (var i = 1; i < results; i++)
        {
            mq_tensor_release((nint)values[i].Bits);
        }

        return torch.Tensor.Own((nint)values[0].Bits);
    }

    public torch.Tensor[] CallList(params ReadOnlySpan<Argument> arguments)
    {
        NativeValue result;
        Invoke(arguments, &result, 1);
        var handles = (nint*)result.Bits;
        var tensors = new torch.Tensor[result.Count];
        for (var i = 0; i < tensors.Length; i++)
        {
            tensors[i] = torch.Tensor.Own(handles[i]);
        }

        mq_free_handles(handles);
        return tensors;
    }

    /// <summary>Calls an operator whose result is a number or a truth value.</summary>
    public NativeValue CallValue(params ReadOnlySpan<Argument> arguments)
    {
        NativeValue result;
        Invoke(arguments, &result, 1);
        return result;
    }

    /// <summary>Seconds per call when the native side alone repeats it: libtorch's own cost of the boxed path.</summary>
    internal double MeasureNative(int repetitions, params ReadOnlySpan<Argument> arguments)
    {
        var values = stackalloc NativeValue[arguments.Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            values[i] = new NativeValue { Tag = arguments[i].Tag, Bits = arguments[i].Bits };
        }

        return mq_measure_call(Handle(), values, arguments.Length, repetitions);
    }

    private nint Handle()
    {
        if (handle == 0)
        {
            Check(mq_find_operator(name, overload, out var found, out _, out _));
            handle = found;
        }

        return handle;
    }

    private void Invoke(ReadOnlySpan<Argument> arguments, NativeValue* results, int capacity)
    {
        var operation = Handle();
        var values = stackalloc NativeValue[arguments.Length];
        var words = stackalloc long[StackWords];
        var used = 0;
        List<nint>? heap = null;
        try
        {
            for (var i = 0; i < arguments.Length; i++)
            {
                ref readonly var argument = ref arguments[i];
                values[i] = new NativeValue { Tag = argument.Tag, Bits = argument.Bits };
                if (argument.Tag is NativeTag.IntList or NativeTag.TensorList or NativeTag.OptionalTensorList or NativeTag.DoubleList or NativeTag.String)
                {
                    CopyList(argument, ref values[i], words, ref used, ref heap);
                }
            }

            Check(mq_call(operation, values, arguments.Length, results, capacity));
            foreach (ref readonly var argument in arguments)
            {
                GC.KeepAlive(argument.Reference);
            }
        }
        finally
        {
            heap?.ForEach(block => NativeMemory.Free((void*)block));
        }
    }

    private static void CopyList(in Argument argument, ref NativeValue value, long* words, ref int used, ref List<nint>? heap)
    {
        var count = argument.Reference switch
        {
            Array array => array.Length,
            string text => (Encoding.UTF8.GetByteCount(text) + 7) / 8,
            _ => throw new InvalidOperationException("a list argument without a list"),
        };
        long* target;
        if (used + count <= StackWords)
        {
            target = words + used;
            used += count;
        }
        else
        {
            target = (long*)NativeMemory.Alloc((nuint)count, sizeof(long));
            (heap ??= []).Add((nint)target);
        }

        value.Bits = (long)target;
        value.Count = count;
        switch (argument.Reference)
        {
            case long[] numbers:
                numbers.CopyTo(new Span<long>(target, count));
                break;
            case double[] reals:
                reals.CopyTo(new Span<double>(target, count));
                break;
            case torch.Tensor?[] tensors:
                for (var i = 0; i < count; i++)
                {
                    target[i] = tensors[i]?.Handle ?? 0;
                }

                break;
            case string text:
                value.Count = Encoding.UTF8.GetBytes(text, new Span<byte>(target, count * sizeof(long)));
                break;
            default:
                throw new InvalidOperationException($"lists of {Unsafe.As<object>(argument.Reference!).GetType()} cannot be passed to libtorch");
        }
    }
}
