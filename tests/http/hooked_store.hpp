// A memory store that lets a test see, hold up or fail what passes through it.
#pragma once

#include <scimkit/memory/memory_store.hpp>
#include <scimkit/store/forwarding_store.hpp>

#include <functional>
#include <memory>
#include <utility>

namespace scimkit::test
{

class HookedStore final : public ForwardingStore
{
public:
    HookedStore()
        : ForwardingStore(memory::make_store())
    {
    }

    using Hook = std::function<result<void>(CallContext const&)>;

    // Set before the server starts; called on whatever thread works.
    Hook before_read = [](CallContext const&) { return result<void>{}; };
    Hook before_write = [](CallContext const&) { return result<void>{}; };
    Hook before_commit = [](CallContext const&) { return result<void>{}; }; ///< in the transaction, all of it done
    std::function<result<void>()> asked_for_health = [] { return result<void>{}; };
    bool blocks = false; ///< what its traits say
    bool armed = true;   ///< off: no hook is called; a Service reads when it is made

    StoreTraits traits() const override
    {
        auto traits = ForwardingStore::traits();
        traits.blocks = blocks;
        return traits;
    }
    result<void> read(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                      Body<ReadTransaction> body) override
    {
        if (auto allowed = armed ? before_read(context) : result<void>{}; !allowed)
            return allowed;
        return ForwardingStore::read(attachment, tenant, context, body);
    }
    result<void> write(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                       Body<WriteTransaction> body) override
    {
        if (auto allowed = armed ? before_write(context) : result<void>{}; !allowed)
            return allowed;
        return ForwardingStore::write(attachment, tenant, context,
                                      [&](WriteTransaction& transaction)
                                      {
                                          auto done = body(transaction);
                                          return done && armed ? before_commit(context) : done;
                                      });
    }
    result<void> health() const override { return asked_for_health(); }
};

} // namespace scimkit::test
