// Nesting: notices a transaction that is opened inside another one of the same store on the same thread, which is a
// fault of the caller: it would wait for itself for ever, for a lock or for a second connection. Engines have
// kv::TransactionGuard.
//
// Threading: lives on the stack of one thread.
#pragma once

#include <scimkit/store/store.hpp>

namespace scimkit
{

class Nesting
{
public:
    explicit Nesting(ResourceStore const& store) noexcept
        : store_(&store)
        , outer_(innermost_)
    {
        innermost_ = this;
    }
    Nesting(Nesting const&) = delete;
    Nesting& operator=(Nesting const&) = delete;
    ~Nesting() { innermost_ = outer_; }

    result<void> check() const
    {
        for (auto const* nesting = outer_; nesting != nullptr; nesting = nesting->outer_)
            if (nesting->store_ == store_)
                return Error{ErrorCode::internal, "A transaction was opened inside a transaction of the same store."};
        return {};
    }

private:
    ResourceStore const* store_;
    Nesting const* outer_;

    static constinit inline thread_local Nesting const* innermost_ = nullptr;
};

} // namespace scimkit
