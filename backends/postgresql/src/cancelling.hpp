// Cancelling: tells servers to give up statements that nobody waits for any more. libpq waits for the server while it
// does so, without an end where that has vanished, so it is not done on the thread of a request, and nobody waits for
// it.
#pragma once

#include <atomic>
#include <libpq-fe.h>
#include <memory>

namespace scimkit::postgresql
{

/// Threading: any number of threads. What is under way when this ends goes on by itself.
class Cancelling
{
public:
    /// Soon, for the statement that runs on the connection now. Where too many are under way already it runs on.
    void cancel(PGconn* connection) noexcept;

private:
    std::shared_ptr<std::atomic<unsigned>> under_way_ = std::make_shared<std::atomic<unsigned>>(0U);
};

} // namespace scimkit::postgresql
