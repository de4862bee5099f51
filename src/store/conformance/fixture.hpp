// Fixture: a store under test with the kit's registry, and the operations of cases in short form.
#pragma once

#include <scimkit/filter/bind.hpp>
#include <scimkit/store/run_query.hpp>
#include <scimkit/store/unique_keys.hpp>

#include "check.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace scimkit::conformance
{

/// The extension of User with an attribute of every type. serial is unique and case-exact.
inline constexpr std::string_view badge_uri = "urn:ietf:params:scim:schemas:extension:scimkit:conformance:1.0:Badge";

std::shared_ptr<SchemaRegistry const> conformance_registry();

/// 2026-01-01T00:00:00Z plus so many seconds.
Instant at_second(std::int64_t seconds);

/// The unique keys of what is going to be written, and a look at whether the store keeps that at all: the case is
/// skipped where it does not.
class KitRules
{
public:
    KitRules(Check& check, SchemaRegistry const& registry, ConformanceProfile const* profile);

    Facts facts_of(Resource const& resource) const;

    /// For cases that make what the profile has, and nothing else.
    void trust() noexcept { profile_ = nullptr; }

private:
    Check& check_;
    UniqueKeyRules rules_;
    ConformanceProfile const* profile_;
};

class Fixture
{
public:
    /// `profile` may be null; it outlives this.
    Fixture(StoreFactory const& factory, Check& check, ConformanceOptions const& options,
            ConformanceProfile const* profile = nullptr);

    Check& check;
    std::uint32_t seed;                        ///< of the run
    std::chrono::steady_clock::time_point end; ///< of the time that the case may take
    std::shared_ptr<SchemaRegistry const> registry;
    ConformanceOptions options;
    std::shared_ptr<ResourceStore> store;
    std::shared_ptr<Attachment const> attachment;
    StoreTraits traits;
    ConformanceProfile const* profile; ///< null: the store keeps everything
    KitRules rules;
    ResourceType const& user;              ///< with a profile without User the first type; then no case uses it
    ResourceType const& group;             ///< the same
    AttributeRef members;                  ///< with a profile without them nothing
    std::string free_text = "displayName"; ///< of users, optional and single; with a profile one that it has
    std::string tenant = "tenant";
    Instant now = at_second(1'000); ///< CallContext::now of every call

    /// Resources that are not stored yet.
    Resource new_user(std::string_view id, std::string_view user_name) const;
    Resource new_group(std::string_view id, std::string_view name, std::vector<std::string> const& values = {}) const;
    static json::object member(std::string_view value);

    CallContext context() const { return {.now = now, .deadline = end, .actor = "conformance", .trace_id = "trace"}; }

    result<void> read(function_ref<result<void>(ReadTransaction&)> body) const;
    /// Tries again when the store is busy.
    result<void> write(function_ref<result<void>(WriteTransaction&)> body) const;

    /// One operation, one transaction. insert puts the store's id and version into `resource`.
    result<void> insert(Resource& resource) const;
    result<Version> replace(Resource const& resource, std::optional<Version> expected = {},
                            LargeAttributes large = LargeAttributes::as_given) const;
    result<void> remove(Resource const& resource, std::optional<Version> expected = {}) const;
    result<std::optional<Resource>> get(ResourceType const& type, std::string_view id, bool large = true) const;

    BoundFilter filter(std::string_view text, ResourceType const& type) const;
    AttributeRef attribute(std::string_view path, ResourceType const& type) const;

    /// The ids that match, in order, and the total.
    struct Found
    {
        std::vector<std::string> ids{};
        std::optional<std::uint64_t> total{};
        std::optional<Cursor> next{};
        std::optional<Cursor> previous{};
    };
    result<Found> find(Query const& query) const;
    /// All users that match.
    Found find_users(std::string_view filter_text) const;

    /// That a tenant neither sees nor changes what another has, by its id. Nothing where both have one of that id.
    void expect_unknown(Resource const& of_another, std::string const& in_tenant);

    /// Closes the store and opens it again; skips the case where that cannot be.
    void reopen();

    /// Ends the case, which then fails, when it has taken too long.
    void check_time() const;
    void needs_versions() const;
    void needs_atomic() const;
    void needs_savepoints() const;
    void needs_large_attributes() const;
    /// For cases that make their own registries, or tenants of any name.
    void needs_own_registry() const;
    void needs_any_tenant() const;
    void needs_users_and_groups() const;

    /// That `found` is there and has the content of `wanted`; else a failure for each attribute that differs.
    void expect_same(std::optional<Resource> const& found, Resource const& wanted, std::string_view what) const;
};

/// The column default of the attributes that `resource` has not.
void set_defaults(Resource& resource, ConformanceProfile const& profile);

/// Equal but for the version.
bool same_content(Resource const& a, Resource const& b);

/// Those that the reference evaluator finds among `all`, which stand by id, in the order that `sort` asks for.
std::vector<std::string> reference_ids(std::span<Resource const> all, BoundFilter const* filter,
                                       std::optional<SortOrder> const& sort);

} // namespace scimkit::conformance
