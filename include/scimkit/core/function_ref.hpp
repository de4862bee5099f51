// function_ref: a non-owning reference to something callable, for parameters that are called before the
// function returns. No allocation, two words. Never store one: the callee must outlive it.
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
        : object_(const_cast<void*>(static_cast<void const*>(std::addressof(callee))))
        , call_([](void* object, Args... args) -> R
                { return std::invoke(*static_cast<std::remove_reference_t<F>*>(object), std::forward<Args>(args)...); })
    {
    }

    R operator()(Args... args) const { return call_(object_, std::forward<Args>(args)...); }

private:
    void* object_;
    R (*call_)(void*, Args...);
};

} // namespace scimkit
