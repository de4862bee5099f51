// What means nothing, or could not be put into effect, is refused when it is written, and not found out later.
#pragma once

#include <scimkit/store/change_log.hpp>
#include <scimkit/store/forwarding_store.hpp>

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace server
{

/// Whether resources of that type mean something to the server. Records, for example, do not, and there are many.
bool matters(std::string_view type) noexcept;

/// Whether a change of the administration's log does: that a key was used is none that anybody made.
bool matters(scimkit::LoggedChange const& change);

/// A token or client that was written and is not revoked.
struct Granted
{
    std::string what; ///< "Token NAME"
    std::string tenant;
    std::vector<std::string> scopes;
};

/// What a transaction leaves behind, and what it has written.
struct WrittenRecords
{
    scimkit::ReadTransaction& transaction;
    std::set<std::string> const& tenants; ///< by name
    std::set<std::string> const& made;    ///< those of them that are new, and do not adopt what there was
    std::vector<Granted> const& granted;
};

class CheckedStore final : public scimkit::ForwardingStore
{
public:
    /// All that is wrong with what a transaction sees. What was wrong before it began does not stop it: a key has to be
    /// revoked whatever else is there. Called by several threads at once.
    using Faults = std::function<scimkit::result<std::vector<scimkit::Error>>(WrittenRecords const&)>;

    CheckedStore(std::shared_ptr<scimkit::ResourceStore> inner, Faults faults);

    scimkit::result<void> write(scimkit::Attachment const& attachment, std::string_view tenant,
                                scimkit::CallContext const& context, Body<scimkit::WriteTransaction> body) override;

private:
    Faults faults_;
};

} // namespace server
