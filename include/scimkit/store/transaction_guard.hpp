// TransactionGuard: for authors of stores and of engines. Notices a transaction that is opened inside another one of
// the same store on the same thread, which ResourceStore and kv::Engine forbid: it would wait for itself for ever, for
// a lock or for a second connection.
//
//     result<void> MyEngine::read(function_ref<result<void>(Reader&)> body)
//     {
//         TransactionGuard const guard{*this};
//         if (guard.nested())
//             return TransactionGuard::error();
//
// Threading: a guard lives on the stack of one thread. It costs a few nanoseconds, so it stays in release builds.
// Lifetimes: the store outlives it. In builds with shared libraries on systems that keep one thread_local per library,
// it sees the guards of its own library only.
#pragma once

#include <scimkit/core/error.hpp>

#include <memory>

namespace scimkit
{

/// Lives in read() or write() for as long as the body runs. Errors: none of its own. Complexity: constant, see
/// nested().
class TransactionGuard
{
public:
    /// A body of `store` (or engine, by its address) runs on this thread as long as the guard lives.
    template <class Store>
    explicit TransactionGuard(Store const& store) noexcept
        : store_(std::addressof(store))
        , outer_(innermost_)
    {
        innermost_ = this;
    }

    TransactionGuard(TransactionGuard const&) = delete;
    TransactionGuard& operator=(TransactionGuard const&) = delete;

    ~TransactionGuard() { innermost_ = outer_; }

    /// True when this thread already runs a body of the same store. Transactions of other stores do not count.
    /// Complexity: linear in the transactions that this thread has open, mostly one.
    bool nested() const noexcept
    {
        for (auto const* guard = outer_; guard; guard = guard->outer_)
            if (guard->store_ == store_)
                return true;
        return false;
    }

    /// What read() and write() return when nested().
    static Error error()
    {
        return {ErrorCode::internal, "A transaction was opened inside a transaction of the same store."};
    }

private:
    void const* store_;
    TransactionGuard const* outer_;

    static constinit inline thread_local TransactionGuard const* innermost_ = nullptr;
};

} // namespace scimkit
