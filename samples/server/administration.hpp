// Tenants and tokens as SCIM: a second service, at an address of its own and with credentials of its own, whose
// resources decide who comes into the first one.
#pragma once

#include "configuration.hpp"
#include "serving.hpp"

#include <memory>

namespace server
{

class Administration
{
public:
    /// Opens the store of the administration, beside that of `configuration`, and takes tenants and tokens from it into
    /// `configuration`'s lists, at once and at each change before that is answered: what is revoked is refused from the
    /// next request on. `serving` tells which tenants can be served, and what the page shows of them. All three have to
    /// outlive the object. Errors: one sentence for the operator.
    static scimkit::result<std::unique_ptr<Administration>> create(Configuration& configuration,
                                                                   Settings const& settings, Serving const& serving);
    ~Administration();
    Administration(Administration const&) = delete;
    Administration& operator=(Administration const&) = delete;

    /// Starts to listen. The page tells what `watched` has to do, which stays until the object has gone.
    scimkit::result<void> listen(scimkit::http::Server const& watched);

    /// SIGHUP: its own tokens, and those of files beside the ones in the store.
    scimkit::result<void> reload();

private:
    struct State;
    explicit Administration(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace server
