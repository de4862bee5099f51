// Mirror: the copy of a source, a SCIM service over a store. It takes what a source has, as broken as it may be:
// nothing in it is unique or required, since duplicates and gaps are what a report is to find.
//
//     auto const mirror = Mirror::create(memory::make_store());          // or one on a disk
//     (*mirror)->for_each("User", {}, [](client::RemoteResource const& user) { ...; return outcome<void>{}; });
//
// The id of a resource is the one that it has at its source. Types are "User" and "Group", with the enterprise
// extension; other attributes are dropped by put() (Run::left_out of an import counts them).
//
// Threading: used by one thread at a time. Failures: misuse, with what the store says; those that a Service answers
// with. Complexity: that of the store; for_each() has a page of 500 resources in memory.
#pragma once

#include <scimkit/client/client.hpp>
#include <scimkit/connector/files.hpp>
#include <scimkit/service/service.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace scimkit::connector
{

/// What a write did, and the attributes before and after; canonical, empty where there is none. A value.
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
    json::object before{};
    json::object after{};
};

/// The copy of one source.
class SCIMKIT_API Mirror
{
public:
    /// Lifetimes: shares the store, and gives it up when it goes.
    static outcome<std::unique_ptr<Mirror>> create(std::shared_ptr<ResourceStore> store);

    ~Mirror();
    Mirror(Mirror const&) = delete;
    Mirror& operator=(Mirror const&) = delete;

    /// `write` false: only says what would become of it.
    outcome<Change> put(std::string const& type, std::string const& id, json::object attributes, bool write);
    /// One that is not there is unchanged.
    outcome<Change> remove(std::string const& type, std::string const& id, bool write);
    /// Canonical attributes; nothing: there is none of that id.
    outcome<std::optional<json::object>> get(std::string const& type, std::string const& id) const;
    outcome<std::uint64_t> count(std::string const& type) const;
    /// Each resource as the service shows it, with id, meta and groups. A failure of `visit` ends it.
    outcome<void> for_each(std::string const& type, client::Query query,
                           std::function<outcome<void>(client::RemoteResource const&)> const& visit) const;

private:
    class GivenIds;

    Mirror();
    outcome<json::object> canonical(std::string const& type, json::object body) const;

    std::shared_ptr<GivenIds> ids_;
    std::optional<Service> service_;
    std::optional<client::Client> client_;
};

/// Makes or opens a Mirror when it is needed, which is late: the source has said everything by then, or nearly.
using OpenMirror = std::function<outcome<std::unique_ptr<Mirror>>()>;

} // namespace scimkit::connector
