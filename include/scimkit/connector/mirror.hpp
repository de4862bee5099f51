// Mirror: the copy of a source, a SCIM service over a store. It takes what a source has, as broken as it may be:
// nothing in it is unique or required, since duplicates and gaps are what a report is to find.
//
//     auto const mirror = Mirror::create(memory::make_store());          // or one on a disk
//     (*mirror)->for_each("User", {}, [](client::RemoteResource const& user) { ...; return outcome<void>{}; });
//
// The id of a resource is the one that it has at its source. Types are "User" and "Group", and no others may be named;
// users have the enterprise extension. Other attributes are dropped by put() (Run::left_out of an import counts them),
// as is what a service computes of a reference (`$ref`, `type`, `display`).
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
    json::object before{}; ///< also of one that is unchanged
    json::object after{};
};

/// The copy of one source. On every member:
///   Threading    One thread at a time.
///   Lifetimes    Nothing refers to the arguments afterwards; what comes back is the caller's.
///   Failures     Misuse, with what the store says (code invalid_value); otherwise what a Service answers, as Client
///                tells it. A write that failed has changed nothing, unless the detail says so.
///   Complexity   That of the store: one look-up and one write for one resource.
class SCIMKIT_API Mirror
{
public:
    /// A copy over a store, which is empty or was one before. It is in the default tenant, and takes resources of at
    /// most 64 MiB.
    ///
    /// Lifetimes: shares the store, and gives it up when it goes.
    /// Failures: misuse (no store, or one that does not take the schemas of a copy).
    static outcome<std::unique_ptr<Mirror>> create(std::shared_ptr<ResourceStore> store);

    ~Mirror();
    Mirror(Mirror const&) = delete;
    Mirror& operator=(Mirror const&) = delete;

    /// One resource as it is at the source, in place of what is here. `attributes` are canonical, with `schemas`, as
    /// Mapping::apply() gives them. Where nothing is different nothing is written. `write` false: only says what would
    /// become of it, and takes what a write might refuse.
    ///
    /// Failures: misuse too where it cannot be kept: an id that no resource can have, an attribute of a wrong type. A
    /// create whose detail says "under another id" did store something.
    /// Complexity: linear in the resource, old and new.
    outcome<Change> put(std::string const& type, std::string const& id, json::object attributes, bool write);

    /// One that is not there is unchanged. `write` as for put().
    outcome<Change> remove(std::string const& type, std::string const& id, bool write);

    /// Canonical attributes; nothing: there is none of that id.
    outcome<std::optional<json::object>> get(std::string const& type, std::string const& id) const;

    /// How many there are of a type.
    outcome<std::uint64_t> count(std::string const& type) const;

    /// Each resource that `query` wants (filter, order, attributes) as the service shows it, with id, meta and groups.
    /// Query::count is not heard. What is written meanwhile, by `visit` too, may or may not be among them.
    ///
    /// Lifetimes: `visit` is called before it returns. Failures: the first one of `visit` ends it, and is its own.
    /// Complexity: a page of 500 resources is in memory.
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

/// Makes or opens a Mirror when it is needed, which is late: the source has said everything by then, or nearly. Called
/// once in a run, also in one that writes nothing. What it fails with ends the run.
using OpenMirror = std::function<outcome<std::unique_ptr<Mirror>>()>;

} // namespace scimkit::connector
