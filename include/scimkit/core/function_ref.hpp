// function_ref: a non-owning reference to something callable, for parameters that are called before the
// function returns. No allocation, two words.
//
// Threading: that of what it refers to. Lifetimes: it does not keep the callee alive, so it may be copied and kept (in
// an object that lives during the call, say), but not called after the function that took it has returned. Errors: what
// the callee throws. Complexity: a call through a pointer.
#pragma once

#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace scimkit
{

template <class Signature>
class function_ref;

template <class R, class... Args>
class function_ref<R(Args...)>
{
public:
    template <class F>
        requires(!std::is_same_v<std::remove_cvref_t<F>, function_ref> && std::is_invocable_r_v<R, F&, Args...>)
    function_ref(F&& callee) noexcept // NOLINT(google-explicit-constructor): a parameter type, like std::function_ref
    {
        using Callee = std::remove_reference_t<F>;
        if constexpr (std::is_function_v<Callee>) // no void* can hold a function
        {
            target_.function = reinterpret_cast<void (*)()>(&callee);
            call_ = [](Target target, Args... args) -> R
            { return std::invoke(reinterpret_cast<Callee*>(target.function), std::forward<Args>(args)...); };
        }
        else
        {
            target_.object = const_cast<void*>(static_cast<void const*>(std::addressof(callee)));
            call_ = [](Target target, Args... args) -> R
            { return std::invoke(*static_cast<Callee*>(target.object), std::forward<Args>(args)...); };
        }
    }

    R operator()(Args... args) const { return call_(target_, std::forward<Args>(args)...); }

private:
    union Target
    {
        void* object;
        void (*function)();
    };

    Target target_;
    R (*call_)(Target, Args...);
};

} // namespace scimkit
