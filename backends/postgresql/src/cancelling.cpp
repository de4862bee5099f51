// A thread for each: they are few, and one that meets a silent server must not keep the others.
#include "cancelling.hpp"

#include <exception>
#include <thread>

namespace scimkit::postgresql
{
namespace
{

constexpr unsigned most_under_way = 8; // cancellations; beyond, a statement that nobody waits for runs on

} // namespace

void Cancelling::cancel(PGconn* connection) noexcept
{
    try
    {
        auto const count = under_way_;
        ++*count;
        std::shared_ptr<void> const place{nullptr, [count](void*) { --*count; }}; // if making it fails, too
        std::shared_ptr<PGcancel> const cancel{PQgetCancel(connection), PQfreeCancel};
        if (!cancel || *count > most_under_way)
            return;
        std::thread{[place, cancel]
                    {
                        char reason[256];
                        PQcancel(cancel.get(), reason, sizeof reason);
                    }}
            .detach();
    }
    catch (std::exception const&)
    {
        // Without memory or a thread the statement runs on until it ends by itself.
    }
}

} // namespace scimkit::postgresql
