using System.Reflection;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>
        /// A network or a part of one: holds parameters, buffers and sub-modules under the names of the fields that hold them, which are the keys of
        /// <see cref="state_dict"/>.
        /// </summary>
        public abstract class Module(string name) : IDisposable
        {
            private readonly List<(string Name, Module Module)> submodules = [];
            private readonly List<(string Name, Modules.Parameter Parameter)> registered = [];
            private readonly List<(string Name, Tensor Buffer)> registeredBuffers = [];

            /// <summary>True until <see cref="eval"/>: dropout is active.</summary>
            public bool training { get; private set; } = true;

            public virtual string GetName() => name;

            public virtual void train(bool train = true)
            {
                training = train;
                foreach (var (_, module) in submodules)
                {
                    module.train(train);
                }
            }

            public virtual void eval() => train(false);

            /// <summary>Parameters of this module, then of its sub-modules with their path, each tensor once.</summary>
            public virtual IEnumerable<(string name, Modules.Parameter parameter)> named_parameters(bool recurse = true)
            {
                var seen = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
                foreach (var (parameterName, parameter) in registered)
                {
                    if (seen.Add(parameter))
                    {
                        yield return (parameterName, parameter);
                    }
                }

                if (!recurse)
                {
                    yield break;
                }

                foreach (var (moduleName, module) in submodules)
                {
                    foreach (var (parameterName, parameter) in module.named_parameters())
                    {
                        if (seen.Add(parameter))
                        {
                            yield return ($"{moduleName}.{parameterName}", parameter);
                        }
                    }
                }
            }

            public virtual IEnumerable<Modules.Parameter> parameters(bool recurse = true) => named_parameters(recurse).Select(p => p.parameter);

            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true)
            {
                foreach (var item in registeredBuffers)
                {
                    yield return item;
                }

                if (!recurse)
                {
                    yield break;
                }

                foreach (var (moduleName, module) in submodules)
                {
                    foreach (var (bufferName, buffer) in module.named_buffers())
                    {
                        yield return ($"{moduleName}.{bufferName}", buffer);
                    }
                }
            }

            public virtual IEnumerable<(string name, Module module)> named_children() => submodules;

            public virtual IEnumerable<Module> children() => submodules.Select(s => s.Module);

            public virtual IEnumerable<(string name, Module module)> named_modules()
            {
                foreach (var item in submodules)
                {
                    yield return item;
                }

                foreach (var (moduleName, module) in submodules)
                {
                    foreach (var (inner, found) in module.named_modules())
                    {
                        yield return ($"{moduleName}.{inner}", found);
                    }
                }
            }

            public virtual IEnumerable<Module> modules() => named_modules().Select(m => m.module);

            /// <summary>All parameters, then all buffers, by path. The tensors are the module's own, not copies.</summary>
            public virtual Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
            {
                destination ??= [];
                foreach (var (key, parameter) in named_parameters())
                {
                    destination.TryAdd(string.IsNullOrEmpty(prefix) ? key : $"{prefix}.{key}", parameter);
                }

                foreach (var (key, buffer) in named_buffers())
                {
                    destination.TryAdd(string.IsNullOrEmpty(prefix) ? key : $"{prefix}.{key}", buffer);
                }

                return destination;
            }

            /// <summary>Copies values into the module's own tensors.</summary>
            /// <exception cref="InvalidOperationException">Strict, and the keys are not the same: both lists are named.</exception>
            /// <exception cref="ArgumentException">A value has another shape than the module's tensor.</exception>
            public virtual (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(
                Dictionary<string, Tensor> source, bool strict = true, IList<string>? skip = null)
            {
                skip ??= [];
                var destination = state_dict();
                var missing = destination.Keys.Where(k => !source.ContainsKey(k) && !skip.Contains(k)).ToList();
                var unexpected = source.Keys.Where(k => !destination.ContainsKey(k) && !skip.Contains(k)).ToList();
                if (strict && (missing.Count > 0 || unexpected.Count > 0))
                {
                    throw new InvalidOperationException(
                        $"The loaded state_dict is not identical to the target dictionary. Missing: {string.Join(", ", missing)}. Unexpected: {string.Join(", ", unexpected)}.");
                }

                using var undisturbed = no_grad();
                foreach (var (key, value) in source)
                {
                    if (skip.Contains(key) || !destination.TryGetValue(key, out var target))
                    {
                        continue;
                    }

                    if (!target.shape.AsSpan().SequenceEqual(value.shape))
                    {
                        throw new ArgumentException($"{key}: expected [{string.Join(", ", target.shape)}], got [{string.Join(", ", value.shape)}]");
                    }

                    target.copy_(value);
                }

                return (missing, unexpected);
            }

            public virtual void register_buffer(string name, Tensor tensor) => registeredBuffers.Add((name, Kept(tensor)));

            public virtual void register_parameter(string name, Modules.Parameter param) => registered.Add((name, Kept(param)));

            public void add_module(string name, Module module) => register_module(name, module);

            /// <exception cref="InvalidOperationException">The name is taken.</exception>
            public virtual void register_module(string name, Module submodule)
            {
                if (submodules.Exists(s => s.Name == name))
                {
                    throw new InvalidOperationException($"Sub-module {name} is already registered.");
                }

                submodules.Add((name, submodule));
            }

            public virtual void zero_grad()
            {
                foreach (var parameter in parameters())
                {
                    parameter.grad = null;
                }
            }

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            /// <summary>Registers every field of the module's own class that holds a parameter, a tensor (a buffer) or a module. Call at the constructor's end.</summary>
            protected internal void RegisterComponents()
            {
                foreach (var field in GetType().GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public))
                {
                    switch (field.GetValue(this))
                    {
                        case Modules.Parameter parameter when !registered.Exists(p => p.Name == field.Name):
                            register_parameter(field.Name, parameter);
                            break;
                        case Modules.Parameter:
                            break;
                        case Tensor buffer when !registeredBuffers.Exists(b => b.Name == field.Name):
                            register_buffer(field.Name, buffer);
                            break;
                        case Module module when !submodules.Exists(s => s.Name == field.Name):
                            register_module(field.Name, module);
                            break;
                        default:
                            break;
                    }
                }
            }

            protected virtual void Dispose(bool disposing)
            {
                if (!disposing)
                {
                    return;
                }

                foreach (var (_, parameter) in registered)
                {
                    parameter.Dispose();
                }

                foreach (var (_, buffer) in registeredBuffers)
                {
                    buffer.Dispose();
                }

                foreach (var (_, module) in submodules)
                {
                    module.Dispose();
                }
            }

            /// <summary>What a module owns no scope disposes.</summary>
            private static T Kept<T>(T tensor)
                where T : Tensor
            {
                tensor.DetachFromDisposeScope();
                return tensor;
            }

            internal void Convert(Func<Tensor, Tensor> conversion)
            {
                using var undisturbed = no_grad();
                foreach (var (_, parameter) in registered)
                {
                    parameter.Become(conversion(parameter));
                }

                foreach (var (_, buffer) in registeredBuffers)
                {
                    buffer.Become(conversion(buffer));
                }

                foreach (var (_, module) in submodules)
                {
                    module.Convert(conversion);
                }
            }
        }

        public abstract class Module<T, TResult>(string name) : Module(name)
        {
            public abstract TResult forward(T input);

            public TResult call(T input) => forward(input);
        }

        public abstract class Module<T1, T2, TResult>(string name) : Module(name)
        {
            public abstract TResult forward(T1 input1, T2 input2);

            public TResult call(T1 input1, T2 input2) => forward(input1, input2);
        }

        public abstract class Module<T1, T2, T3, TResult>(string name) : Module(name)
        {
            public abstract TResult forward(T1 input1, T2 input2, T3 input3);

            public TResult call(T1 input1, T2 input2, T3 input3) => forward(input1, input2, input3);
        }

        public abstract class Module<T1, T2, T3, T4, TResult>(string name) : Module(name)
        {
            public abstract TResult forward(T1 input1, T2 input2, T3 input3, T4 input4);

            public TResult call(T1 input1, T2 input2, T3 input3, T4 input4) => forward(input1, input2, input3, input4);
        }
    }
}

/// <summary>Moving whole modules between devices and element kinds.</summary>
public static class ModuleExtensionMethods
{
    /// <summary>Floating-point parameters and buffers become <paramref name="type"/>; integers and truth values stay.</summary>
    public static T to<T>(this T module, torch.ScalarType type)
        where T : torch.nn.Module
    {
        module.Convert(t => IsFloating(t) ? t.to_type(type) : t);
        return module;
    }

    public static T to<T>(this T module, torch.Device device)
        where T : torch.nn.Module
    {
        module.Convert(t => t.to(device));
        return module;
    }

    public static T to<T>(this T module, torch.Device device, torch.ScalarType type)
        where T : torch.nn.Module => module.to(type).to(device);

    private static bool IsFloating(torch.Tensor tensor) =>
        tensor.dtype is torch.ScalarType.Float16 or torch.ScalarType.Float32 or torch.ScalarType.Float64 or torch.ScalarType.BFloat16;
}
