// TransactionGuard: for authors of engines. Notices a transaction that is opened inside another one of the same
// engine on the same thread, which Engine forbids and which would otherwise wait for itself for ever.
//
//     result<void> MyEngine::read(function_ref<result<void>(Reader&)> body)
//     {
//         TransactionGuard const guard{*this};
//         if (guard.nested())
//             return TransactionGuard::error();
//
// Threading: a guard lives on the stack of one thread. It costs a few nanoseconds, so it stays in release builds.
// Lifetimes: the engine outlives it. In builds with shared libraries on systems that keep one thread_local per library,
// it sees the guards of its own library only.
#pragma once

#include <scimkit/core/error.hpp>

namespace scimkit::kv
{

class Engine;

/// Lives in read() or write() for as long as the body runs. Errors: none of its own. Complexity: constant, see
/// nested().
class TransactionGuard
{
public:
    /// A body of `engine` runs on this thread as long as the guard lives.
    explicit TransactionGuard(Engine const& engine) noexcept
        : engine_(&engine)
        , outer_(innermost_)
    {
        innermost_ = this;
    }

    TransactionGuard(TransactionGuard const&) = delete;
    TransactionGuard& operator=(TransactionGuard const&) = delete;

    ~TransactionGuard() { innermost_ = outer_; }

    /// True when this thread already runs a body of the same engine. Transactions of other engines do not count.
    /// Complexity: linear in the transactions that this thread has open, mostly one.
    bool nested() const noexcept
    {
        for (auto const* guard = outer_; guard != nullptr; guard = guard->outer_)
            if (guard->engine_ == engine_)
                return true;
        return false;
    }

    /// What read() and write() return when nested().
    static Error error()
    {
        return {ErrorCode::internal, "A transaction was opened inside a transaction of the same store."};
    }

private:
    Engine const* engine_;
    TransactionGuard const* outer_;

    static constinit inline thread_local TransactionGuard const* innermost_ = nullptr;
};

} // namespace scimkit::kv
