// Mirror: the local copy of a source, a SCIM service over LMDB. It takes what a source has, as broken as it may be:
// nothing in it is unique or required, since duplicates and gaps are what a report is to find.
#pragma once

#include <scimkit/client/client.hpp>
#include <scimkit/service/service.hpp>

#include "files.hpp"

#include <functional>

namespace connector
{

/// What a write did, and the attributes before and after; canonical, empty where there is none.
struct Change
{
    enum class Kind
    {
        unchanged,
        created,
        changed,
        removed
    };

    Kind kind = Kind::unchanged;
    scimkit::json::object before{};
    scimkit::json::object after{};
};

/// Used by one thread. The id of a resource is the one that it has at its source.
class Mirror
{
public:
    /// `directory` is the connection's; one process at a time. All of what is there is read only if the last one that
    /// had it open did not close it, so that a sync costs what changed.
    static outcome<std::unique_ptr<Mirror>> open(std::filesystem::path const& directory);

    ~Mirror();
    Mirror(Mirror const&) = delete;
    Mirror& operator=(Mirror const&) = delete;

    /// `type` is User or Group. `write` false: only says what would become of it.
    outcome<Change> put(std::string const& type, std::string const& id, scimkit::json::object attributes, bool write);
    outcome<Change> remove(std::string const& type, std::string const& id, bool write);
    /// Canonical attributes; nothing: there is none of that id.
    outcome<std::optional<scimkit::json::object>> get(std::string const& type, std::string const& id) const;
    outcome<std::uint64_t> count(std::string const& type) const;
    /// Each resource as the service shows it, with id, meta and groups.
    outcome<void> for_each(std::string const& type, scimkit::client::Query query,
                           std::function<outcome<void>(scimkit::client::RemoteResource const&)> const& visit) const;

private:
    class GivenIds;

    explicit Mirror(std::filesystem::path directory)
        : directory_(std::move(directory))
    {
    }

    outcome<scimkit::json::object> canonical(std::string const& type, scimkit::json::object body) const;

    std::filesystem::path directory_;
    std::shared_ptr<GivenIds> ids_;
    std::optional<scimkit::Service> service_;
    std::optional<scimkit::client::Client> client_;
};

/// "/Users" of "User".
std::string endpoint_of(std::string const& type);

} // namespace connector
