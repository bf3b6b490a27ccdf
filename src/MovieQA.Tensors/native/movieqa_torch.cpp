// A C interface to libtorch's boxed dispatcher: find an operator by name, push values, call it, pop values.
// Every ATen operator and its autograd formula is reached through mq_call; nothing here knows an operator by name.
// Errors never cross the interface as exceptions: a failing call returns non-zero and leaves its text in mq_last_error().
// Builds against libtorch 1.13 and later, CPU or CUDA.

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue.h>
#include <ATen/core/stack.h>
#include <ATen/ops/from_blob.h>
#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>
#include <torch/version.h>

#include <chrono>
#include <cstdint>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>

#if defined(_WIN32)
#define MQ_EXPORT extern "C" __declspec(dllexport)
#else
#define MQ_EXPORT extern "C" __attribute__((visibility("default")))
#endif

namespace {

// libtorch's own optional until 2.4, the standard's afterwards.
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR > 4)
template <typename T>
using Optional = std::optional<T>;
constexpr auto kNothing = std::nullopt;
#else
template <typename T>
using Optional = c10::optional<T>;
constexpr auto kNothing = c10::nullopt;
#endif

enum Tag : int32_t {
    kNone = 0,
    kTensor = 1,
    kInt = 2,
    kDouble = 3,
    kBool = 4,
    kIntList = 5,
    kTensorList = 6,
    kString = 7,
    kDevice = 8,
    kDefault = 9,
    kGenerator = 10,
    kOptionalTensorList = 11,
    kDoubleList = 12,
};

// One argument or result. `payload` is a number, or a pointer to `count` numbers, handles or bytes owned by the caller during the call.
struct Value {
    int32_t tag;
    int32_t count;
    union {
        int64_t integer;
        double real;
        void* pointer;
    };
};
static_assert(sizeof(Value) == 16, "the managed side lays a value out in 16 bytes");

thread_local std::string last_error;
thread_local torch::jit::Stack stack;

at::Tensor borrow(void* handle) {
    auto* impl = static_cast<c10::TensorImpl*>(handle);
    return at::Tensor(c10::intrusive_ptr<c10::TensorImpl>::reclaim_copy(impl));
}

void* release(at::Tensor tensor) { return tensor.defined() ? tensor.unsafeReleaseTensorImpl() : nullptr; }

c10::IValue to_ivalue(const Value& value, const c10::FunctionSchema& schema, size_t position) {
    switch (value.tag) {
        case kNone: return c10::IValue();
        case kTensor: return value.pointer ? c10::IValue(borrow(value.pointer)) : c10::IValue();
        case kInt: return c10::IValue(value.integer);
        case kDouble: return c10::IValue(value.real);
        case kBool: return c10::IValue(value.integer != 0);
        case kIntList: {
            c10::List<int64_t> list;
            list.reserve(value.count);
            for (int i = 0; i < value.count; ++i) list.push_back(static_cast<const int64_t*>(value.pointer)[i]);
            return c10::IValue(std::move(list));
        }
        case kDoubleList: {
            c10::List<double> list;
            list.reserve(value.count);
            for (int i = 0; i < value.count; ++i) list.push_back(static_cast<const double*>(value.pointer)[i]);
            return c10::IValue(std::move(list));
        }
        case kTensorList: {
            c10::List<at::Tensor> list;
            list.reserve(value.count);
            for (int i = 0; i < value.count; ++i) list.push_back(borrow(static_cast<void* const*>(value.pointer)[i]));
            return c10::IValue(std::move(list));
        }
        case kOptionalTensorList: {
            c10::List<Optional<at::Tensor>> list;
            list.reserve(value.count);
            for (int i = 0; i < value.count; ++i) {
                void* handle = static_cast<void* const*>(value.pointer)[i];
                list.push_back(handle ? Optional<at::Tensor>(borrow(handle)) : kNothing);
            }
            return c10::IValue(std::move(list));
        }
        case kString: return c10::IValue(std::string(static_cast<const char*>(value.pointer), value.count));
        case kDevice:
            return c10::IValue(c10::Device(static_cast<c10::DeviceType>(value.integer >> 32), static_cast<c10::DeviceIndex>(value.integer & 0xffffffff)));
        case kGenerator: return c10::IValue(*static_cast<at::Generator*>(value.pointer));
        case kDefault: {
            const auto& fallback = schema.arguments().at(position).default_value();
            return fallback ? *fallback : c10::IValue();
        }
        default: throw std::runtime_error("unknown value tag " + std::to_string(value.tag));
    }
}

Value from_ivalue(c10::IValue&& value) {
    Value out{kNone, 0, {0}};
    if (value.isTensor()) {
        out.tag = kTensor;
        out.pointer = release(std::move(value).toTensor());
    } else if (value.isInt()) {
        out.tag = kInt;
        out.integer = value.toInt();
    } else if (value.isDouble()) {
        out.tag = kDouble;
        out.real = value.toDouble();
    } else if (value.isBool()) {
        out.tag = kBool;
        out.integer = value.toBool();
    } else if (value.isScalar()) {
        auto scalar = value.toScalar();
        out.tag = scalar.isFloatingPoint() ? kDouble : kInt;
        if (scalar.isFloatingPoint()) out.real = scalar.toDouble();
        else out.integer = scalar.toLong();
    } else if (value.isTensorList()) {
        auto list = value.toTensorVector();
        auto** handles = new void*[list.size()];
        for (size_t i = 0; i < list.size(); ++i) handles[i] = release(std::move(list[i]));
        out.tag = kTensorList;
        out.count = static_cast<int32_t>(list.size());
        out.pointer = handles;
    } else if (!value.isNone()) {
        throw std::runtime_error("results of kind " + value.tagKind() + " are not supported");
    }
    return out;
}

void describe(const Value& value, std::string& text) {
    if (value.tag == kTensor && value.pointer) {
        auto tensor = borrow(value.pointer);
        text += c10::toString(tensor.scalar_type());
        text += "[";
        for (int64_t i = 0; i < tensor.dim(); ++i) text += (i ? ", " : "") + std::to_string(tensor.size(i));
        text += "]";
    } else if (value.tag == kTensorList) {
        text += "(";
        for (int i = 0; i < value.count; ++i) {
            if (i) text += ", ";
            Value item{kTensor, 0, {0}};
            item.pointer = static_cast<void* const*>(value.pointer)[i];
            describe(item, text);
        }
        text += ")";
    } else if (value.tag == kInt) text += std::to_string(value.integer);
    else if (value.tag == kDouble) text += std::to_string(value.real);
    else if (value.tag == kBool) text += value.integer ? "true" : "false";
    else if (value.tag == kIntList) {
        text += "[";
        for (int i = 0; i < value.count; ++i) text += (i ? ", " : "") + std::to_string(static_cast<const int64_t*>(value.pointer)[i]);
        text += "]";
    } else text += "-";
}

// libtorch appends its C++ stack; a reader of the message wants the sentence.
std::string first_paragraph(const char* what) {
    std::string text(what);
    auto end = text.find("\nException raised from");
    return end == std::string::npos ? text : text.substr(0, end);
}

template <typename Body>
int guarded(Body&& body) {
    try {
        body();
        return 0;
    } catch (const c10::Error& error) {
        last_error = first_paragraph(error.what_without_backtrace());
    } catch (const std::exception& error) {
        last_error = first_paragraph(error.what());
    } catch (...) {
        last_error = "an unknown native exception";
    }
    return 1;
}

}  // namespace

MQ_EXPORT const char* mq_last_error() { return last_error.c_str(); }
MQ_EXPORT const char* mq_version() { return TORCH_VERSION; }

MQ_EXPORT const char* mq_parallel_info() {
    static thread_local std::string text;
    text = at::get_parallel_info();
    return text.c_str();
}

MQ_EXPORT const char* mq_build_config() {
    static thread_local std::string text;
    text = at::show_config();
    return text.c_str();
}

MQ_EXPORT void mq_set_num_threads(int32_t threads) { at::set_num_threads(threads); }
MQ_EXPORT int32_t mq_get_num_threads() { return at::get_num_threads(); }
MQ_EXPORT int32_t mq_has_cuda() { return at::hasCUDA() ? 1 : 0; }
MQ_EXPORT int32_t mq_cuda_device_count() { return at::hasCUDA() ? static_cast<int32_t>(at::detail::getCUDAHooks().getNumGPUs()) : 0; }

MQ_EXPORT int32_t mq_find_operator(const char* name, const char* overload, void** operation, int32_t* arguments, int32_t* results) {
    return guarded([&] {
        auto found = c10::Dispatcher::singleton().findSchema({name, overload});
        if (!found) throw std::runtime_error(std::string("this libtorch has no operator ") + name + (*overload ? std::string(".") + overload : ""));
        *operation = new c10::OperatorHandle(*found);
        *arguments = static_cast<int32_t>(found->schema().arguments().size());
        *results = static_cast<int32_t>(found->schema().returns().size());
    });
}

MQ_EXPORT int32_t mq_call(void* operation, const Value* arguments, int32_t count, Value* results, int32_t capacity) {
    auto* op = static_cast<c10::OperatorHandle*>(operation);
    stack.clear();
    int32_t failed = guarded([&] {
        const auto& schema = op->schema();
        const size_t expected = schema.arguments().size();
        if (static_cast<size_t>(count) > expected) throw std::runtime_error("too many arguments");
        for (int32_t i = 0; i < count; ++i) stack.push_back(to_ivalue(arguments[i], schema, i));
        for (size_t i = count; i < expected; ++i) stack.push_back(to_ivalue(Value{kDefault, 0, {0}}, schema, i));
        op->callBoxed(&stack);
        if (stack.size() > static_cast<size_t>(capacity)) throw std::runtime_error("more results than expected");
        for (size_t i = 0; i < stack.size(); ++i) results[i] = from_ivalue(std::move(stack[i]));
    });
    stack.clear();
    if (failed) {
        std::string text = op->schema().name();
        if (!op->schema().overload_name().empty()) text += "." + op->schema().overload_name();
        text += "(";
        for (int32_t i = 0; i < count; ++i) {
            if (i) text += ", ";
            describe(arguments[i], text);
        }
        last_error = text + "): " + last_error;
    }
    return failed;
}

MQ_EXPORT void mq_free_handles(void** handles) { delete[] handles; }

MQ_EXPORT void mq_tensor_release(void* handle) {
    if (handle) c10::intrusive_ptr<c10::TensorImpl>::reclaim(static_cast<c10::TensorImpl*>(handle));
}

// Shape and kind in one call: dims, dtype, device type and index; up to `capacity` sizes and strides.
MQ_EXPORT int32_t mq_tensor_describe(void* handle, int64_t* sizes, int64_t* strides, int32_t capacity, int32_t* dims, int32_t* dtype, int32_t* device, int32_t* index) {
    return guarded([&] {
        auto tensor = borrow(handle);
        *dims = static_cast<int32_t>(tensor.dim());
        *dtype = static_cast<int32_t>(tensor.scalar_type());
        *device = static_cast<int32_t>(tensor.device().type());
        *index = tensor.device().index();
        for (int32_t i = 0; i < *dims && i < capacity; ++i) {
            if (sizes) sizes[i] = tensor.size(i);
            if (strides) strides[i] = tensor.stride(i);
        }
    });
}

MQ_EXPORT int32_t mq_tensor_data(void* handle, void** data) {
    return guarded([&] { *data = borrow(handle).data_ptr(); });
}

MQ_EXPORT int32_t mq_tensor_is_contiguous(void* handle) { return borrow(handle).is_contiguous() ? 1 : 0; }

// Wraps memory that the caller keeps alive until `deleter(context)` is called, which happens once, when the last view of it is gone.
MQ_EXPORT int32_t mq_tensor_from_blob(
    void* data, const int64_t* sizes, int32_t dims, int32_t dtype, void (*deleter)(void*), void* context, void** handle) {
    return guarded([&] {
        auto options = at::TensorOptions().dtype(static_cast<at::ScalarType>(dtype));
        at::IntArrayRef shape(sizes, dims);
        *handle = release(deleter ? at::from_blob(data, shape, [=](void*) { deleter(context); }, options) : at::from_blob(data, shape, options));
    });
}

MQ_EXPORT int32_t mq_tensor_requires_grad(void* handle) { return borrow(handle).requires_grad() ? 1 : 0; }

MQ_EXPORT int32_t mq_tensor_set_requires_grad(void* handle, int32_t value) {
    return guarded([&] { borrow(handle).set_requires_grad(value != 0); });
}

MQ_EXPORT int32_t mq_tensor_is_leaf(void* handle) { return borrow(handle).is_leaf() ? 1 : 0; }

MQ_EXPORT int32_t mq_tensor_grad(void* handle, void** grad) {
    return guarded([&] { *grad = release(borrow(handle).grad()); });
}

MQ_EXPORT int32_t mq_tensor_set_grad(void* handle, void* grad) {
    return guarded([&] { borrow(handle).mutable_grad() = grad ? borrow(grad) : at::Tensor(); });
}

MQ_EXPORT int32_t mq_tensor_backward(void* handle, void* gradient, int32_t keep_graph) {
    return guarded([&] {
        borrow(handle)._backward({}, gradient ? Optional<at::Tensor>(borrow(gradient)) : kNothing, keep_graph != 0, false);
    });
}

MQ_EXPORT int32_t mq_grad_mode() { return c10::GradMode::is_enabled() ? 1 : 0; }
MQ_EXPORT void mq_set_grad_mode(int32_t enabled) { c10::GradMode::set_enabled(enabled != 0); }
MQ_EXPORT void* mq_inference_mode_enter(int32_t enabled) { return new c10::InferenceMode(enabled != 0); }
MQ_EXPORT void mq_inference_mode_leave(void* guard) { delete static_cast<c10::InferenceMode*>(guard); }
MQ_EXPORT int32_t mq_inference_mode_enabled() { return c10::InferenceMode::is_enabled() ? 1 : 0; }

MQ_EXPORT int32_t mq_manual_seed(uint64_t seed) {
    return guarded([&] { at::manual_seed(seed); });
}

MQ_EXPORT int32_t mq_generator_new(int32_t device, int32_t index, uint64_t seed, void** generator) {
    return guarded([&] {
        auto made = at::globalContext().defaultGenerator(c10::Device(static_cast<c10::DeviceType>(device), static_cast<c10::DeviceIndex>(index))).clone();
        made.set_current_seed(seed);
        *generator = new at::Generator(made);
    });
}

MQ_EXPORT void mq_generator_release(void* generator) { delete static_cast<at::Generator*>(generator); }
MQ_EXPORT void mq_generator_seed(void* generator, uint64_t seed) { static_cast<at::Generator*>(generator)->set_current_seed(seed); }

// The same operator called `count` times from C++: what a call costs without the managed side. Seconds per call.
MQ_EXPORT double mq_measure_call(void* operation, const Value* arguments, int32_t count, int32_t repetitions) {
    Value result{};
    auto start = std::chrono::steady_clock::now();
    for (int32_t i = 0; i < repetitions; ++i) {
        if (mq_call(operation, arguments, count, &result, 1)) return -1;
        if (result.tag == kTensor) mq_tensor_release(result.pointer);
    }
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() / repetitions;
}

// The same through libtorch's own typed entry point, for `a + b`: the floor that the boxed path is compared with.
MQ_EXPORT double mq_measure_unboxed_add(void* left, void* right, int32_t repetitions) {
    auto a = borrow(left), b = borrow(right);
    auto start = std::chrono::steady_clock::now();
    for (int32_t i = 0; i < repetitions; ++i) auto sum = a.add(b);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() / repetitions;
}
