// Checks a configuration and makes of it what the service works with.
#include <scimkit/core/text.hpp>
#include <scimkit/schema/registry.hpp>

#include "../schema/pack_members.hpp"
#include "async_queue.hpp"
#include "discovery_documents.hpp"
#include "profile.hpp"
#include "schema_generation.hpp"
#include "secrets.hpp"
#include "state.hpp"

#include <algorithm>
#include <new>
#include <thread>

namespace scimkit::service
{
namespace
{

Error invalid_option(std::string detail) { return {ErrorCode::invalid_value, std::move(detail)}; }

/// Checks the base URL, cuts off slashes at its end, and returns the position of its path.
result<std::size_t> check_base_url(std::string& url)
{
    while (url.ends_with('/'))
        url.pop_back();
    std::size_t host = 0;
    for (std::string_view const scheme : {"https://", "http://"})
        if (equal_ascii_ignoring_case(std::string_view{url}.substr(0, scheme.size()), scheme))
            host = scheme.size();
    if (host == 0)
        return invalid_option("base_url has to begin with https:// or http://.");
    if (std::ranges::any_of(url, [](char c) { return c <= ' ' || c == 0x7f || c == '\\' || c == '"'; }))
        return invalid_option("base_url has a character that no URL has.");
    if (url.find_first_of("?#") != std::string::npos)
        return invalid_option("base_url may have neither query nor fragment.");
    auto const path = std::min(url.find('/', host), url.size());
    auto const authority = std::string_view{url}.substr(host, path - host);
    if (authority.empty() || authority.find('@') != std::string_view::npos)
        return invalid_option("base_url needs a host, and no user name or password.");
    return path;
}

/// Clients and proxies take such segments out, so that no request has them.
bool has_dot_or_empty_segment(std::string_view path)
{
    while (!path.empty())
    {
        path.remove_prefix(1);
        auto const segment = path.substr(0, path.find('/'));
        path.remove_prefix(segment.size());
        auto plain = to_ascii_lower(segment);
        for (auto dot = plain.find("%2e"); dot != std::string::npos; dot = plain.find("%2e"))
            plain.replace(dot, 3, ".");
        if (plain.empty() || plain == "." || plain == "..")
            return true;
    }
    return false;
}

result<std::string> check_prefix(std::string prefix)
{
    while (prefix.ends_with('/'))
        prefix.pop_back();
    if (!prefix.empty() && !prefix.starts_with('/'))
        return invalid_option("path_prefix has to be empty or to begin with a slash.");
    if (prefix.find_first_of("?#\\ ") != std::string::npos)
        return invalid_option("path_prefix has to be a path, percent-encoded.");
    if (has_dot_or_empty_segment(prefix))
        return invalid_option("path_prefix has a segment that is empty or dots, so that no request would match it.");
    return prefix;
}

result<void> check_limits(ServiceLimits const& limits)
{
    if (limits.default_page_size > limits.max_page_size)
        return invalid_option("default_page_size is larger than max_page_size.");
    if (limits.max_page_size == 0)
        return invalid_option("max_page_size is 0.");
    if (limits.max_target_bytes == 0 || limits.max_body_bytes == 0 || limits.max_json_depth == 0 ||
        limits.max_patch_operations == 0 || limits.max_value_bytes == 0 || limits.max_resource_bytes == 0 ||
        limits.max_response_bytes == 0 || limits.max_work == 0 || limits.max_bulk_operations == 0 ||
        limits.max_bulk_bytes == 0 || limits.max_elements == 0)
        return invalid_option("A limit of 0 would refuse every request.");
    if (limits.cursor_timeout.count() <= 0)
        return invalid_option("cursor_timeout has to be at least one second.");
    if (limits.delta_timeout.count() <= 0)
        return invalid_option("delta_timeout has to be at least one second.");
    if (limits.deadline.count() <= 0)
        return invalid_option("deadline has to be longer than nothing.");
    return {};
}

/// What ServiceProviderConfig will publish of the authenticator (RFC 7643 section 5).
result<void> check_schemes(std::vector<AuthenticationScheme> const& schemes)
{
    constexpr std::string_view known[] = {"oauth", "oauth2", "oauthbearertoken", "httpbasic", "httpdigest"};
    std::size_t primaries = 0;
    for (AuthenticationScheme const& scheme : schemes)
    {
        if (std::find(std::begin(known), std::end(known), scheme.type) == std::end(known))
            return invalid_option("The authentication scheme type \"" + scheme.type +
                                  "\" is none of oauth, oauth2, oauthbearertoken, httpbasic, httpdigest.");
        if (scheme.name.empty() || scheme.description.empty())
            return invalid_option("The authentication scheme " + scheme.type + " has no name or no description.");
        primaries += scheme.primary;
    }
    if (primaries > 1)
        return invalid_option("More than one authentication scheme is primary.");
    return {};
}

constexpr std::size_t max_previous_keys = 3; // of ServiceOptions::previous_cursor_keys; more are refused

result<void> fill_in_defaults(ServiceOptions& options)
{
    if (!options.store)
        return invalid_option("store is missing.");
    if (!options.authenticator)
        return invalid_option(
            "authenticator is missing; principal_required() if the application authenticates in front of SCIM, "
            "no_authentication() if nobody is to.");
    if (auto checked = check_schemes(options.authenticator->schemes()); !checked)
        return checked;
    if (!options.registry)
    {
        auto registry = default_registry(options.profile.get());
        if (!registry)
            return std::move(registry).error();
        options.registry = std::move(*registry);
    }
    if (!options.environment)
        options.environment = system_environment();
    if (!options.password_hasher)
        options.password_hasher = argon2_hasher();
    if (options.default_tenant.empty() || options.default_tenant.size() > max_tenant_bytes)
        return invalid_option("default_tenant has to have 1 to 64 bytes.");
    if (!options.previous_cursor_keys.empty() && !options.cursor_key)
        return invalid_option("previous_cursor_keys need a cursor_key, which they were exchanged for.");
    if (options.previous_cursor_keys.size() > max_previous_keys)
        return invalid_option("previous_cursor_keys has more than three.");
    return {};
}

/// With as many that wait, four of a server's 44 workers at most: requests without secrets have the others.
constexpr unsigned most_default_hashing = 2;

/// By default half of the processors, and no more than leaves workers free.
unsigned hashing_slots(ServiceLimits const& limits)
{
    return limits.max_hashing != 0 ? limits.max_hashing
                                   : std::clamp(std::thread::hardware_concurrency() / 2, 1U, most_default_hashing);
}

/// A rule that nobody keeps is not announced: of two salted hashes nobody can tell whether they are of one secret.
result<void> check_unique_secrets(SchemaRegistry const& registry)
{
    for (auto const& type : registry.resource_types())
        if (auto const path = unique_secret(*type); !path.empty())
            return invalid_option("The attribute " + path + " of " + type->name() +
                                  " is writeOnly, so it is kept as a hash, and cannot be unique.");
    return {};
}

result<UniqueKeyRules> make_unique_key_rules(ServiceOptions const& options, SchemaRegistry const& registry)
{
    std::vector<UniqueKeyRules::AlsoUnique> also_unique;
    for (auto const& type : options.registry->resource_types())
    {
        if (options.tolerance.unique_group_names && type->name() == "Group")
            also_unique.push_back({type->name(), "displayName"});
        if (options.tolerance.unique_external_ids)
            also_unique.push_back({type->name(), "externalId"});
    }
    return UniqueKeyRules::make(registry, also_unique);
}

/// What the store is attached for, checked: the types that are served, in their order, and those of asynchronous
/// requests.
result<std::shared_ptr<SchemaRegistry const>> with_own_types(ServiceOptions const& options)
{
    if (auto checked = check_unique_secrets(*options.registry); !checked)
        return std::move(checked).error();
    return options.async_requests ? AsyncAccess::registry_for(*options.async_requests, options.registry)
                                  : options.registry;
}

/// Whether the record may be left alone when a large attribute changes.
bool edits_in_place(ResourceType const& type, StoreTraits const& traits)
{
    return traits.large_attributes && !type.large_attributes().empty() &&
           std::ranges::none_of(type.large_attributes(),
                                [](AttributeRef const& large) { return large.attribute->required; });
}

/// Whether a transaction has the abilities that the traits announce, and no others. A store that cannot be reached yet
/// is not refused: it may come later.
result<void> check_abilities(ServiceOptions const& options, StoreTraits const& traits, Attachment const& attachment)
{
    result<void> checked;
    auto const check = [&](std::string_view ability, bool announced, bool there)
    {
        if (announced != there && checked)
            checked = invalid_option("The store \"" + traits.name +
                                     (announced ? "\" announces " : "\" does not announce ") + std::string{ability} +
                                     (announced ? ", but its transactions have none." : ", but has it."));
    };
    try
    {
        auto const read = options.store->read(
            attachment, options.default_tenant,
            {.deadline = std::chrono::steady_clock::now() + options.limits.deadline},
            [&](ReadTransaction& transaction) -> result<void>
            {
                check("large attributes", traits.large_attributes, transaction.large_attributes() != nullptr);
                check("a change log", traits.change_log, transaction.change_log() && options.store->change_log());
                return {};
            });
        static_cast<void>(read);
    }
    catch (std::bad_alloc const&)
    {
        throw;
    }
    catch (...) // NOLINT(bugprone-empty-catch): unreachable in another way
    {
    }
    return checked;
}

void warn_of_traits(ServiceOptions const& options, StoreTraits const& traits)
{
    if (!options.log || traits.atomic)
        return;
    try
    {
        options.log(LogLevel::warning, "The store \"" + traits.name +
                                           "\" has no transactions: a write of several resources, such as removing a "
                                           "user from its groups, may be left half done.");
    }
    catch (...) // NOLINT(bugprone-empty-catch): a log that fails must not stop the start
    {
    }
}

/// A type of memberships alone would be stored, and mean nothing.
result<void> check_memberships(membership::Rules const& rules)
{
    for (membership::TypeRules const& each : rules.types)
        if (each.type->schema().id == group_membership_urn && !rules.is_membership(*each.type))
            return invalid_option(
                "The resource type " + each.type->name() +
                " is computed from the members of groups: there has to be a type Group that has some, and one "
                "type of memberships alone.");
    return {};
}

TypePlan make_plan(ResourceType const& type, ServiceState const& state)
{
    return {.type = &type,
            .memberships = &state.memberships.of(type),
            .projection = Projection{type},
            .has_secrets = has_secrets(type),
            .edits_in_place = edits_in_place(type, state.traits),
            .is_membership = state.memberships.is_membership(type)};
}

void make_plans(SchemaRegistry const& registry, ServiceState& state)
{
    for (auto const& type : registry.resource_types())
        state.plans.push_back(make_plan(*type, state));
    if (!state.options.delta_query)
        return;
    for (TypePlan& plan : state.plans)
        plan.generation = schema_generation({&plan, 1});
    state.generation = schema_generation(state.plans);
}

} // namespace

result<ServiceState> make_state(ServiceOptions options)
{
    auto const path = check_base_url(options.base_url);
    if (!path)
        return path.error();
    auto prefix = check_prefix(options.path_prefix.value_or(options.base_url.substr(*path)));
    if (!prefix)
        return std::move(prefix).error();
    if (auto checked = check_limits(options.limits); !checked)
        return std::move(checked).error();
    if (options.default_paging == Paging::cursor && !options.cursor_paging)
        return invalid_option("default_paging is by cursor, but cursor_paging is off.");
    take_tolerance(options);
    if (auto filled = fill_in_defaults(options); !filled)
        return std::move(filled).error();
    if (auto kept = options.profile ? check_profile(*options.profile, options) : result<void>{}; !kept)
        return std::move(kept).error();

    auto const registry = with_own_types(options);
    if (!registry)
        return registry.error();
    auto traits = options.store->traits();
    if (options.delta_query && !traits.change_log)
        return invalid_option("delta_query: the store \"" + traits.name + "\" keeps no change log.");
    auto facts = make_unique_key_rules(options, **registry);
    if (!facts)
        return std::move(facts).error();
    auto attachment = options.store->attach(*registry);
    if (!attachment)
        return std::move(attachment).error();
    if (auto checked = check_abilities(options, traits, **attachment); !checked)
        return std::move(checked).error();
    warn_of_traits(options, traits);

    auto memberships = membership::make_rules(**registry, options.base_url,
                                              {.unknown_members = options.tolerance.unknown_members,
                                               .contradicting_references = options.tolerance.contradicting_references,
                                               .query = options.limits.query,
                                               .max_elements = options.limits.max_elements,
                                               .max_groups_bytes = options.limits.max_response_bytes},
                                              *facts);
    if (auto checked = check_memberships(memberships); !checked)
        return std::move(checked).error();
    auto shared = shared_work_of(*options.store);
    auto const slots = hashing_slots(options.limits);
    ServiceState state{.options = std::move(options),
                       .traits = std::move(traits),
                       .attachment = std::move(*attachment),
                       .prefix = std::move(*prefix),
                       .shared = std::move(shared),
                       .hashing_slots = slots,
                       .facts = std::move(*facts),
                       .memberships = std::move(memberships),
                       .plans = {},
                       .documents = {},
                       .cursors = {}};
    if (state.options.cursor_key)
        state.cursors = CursorSeal{*state.options.cursor_key, state.options.previous_cursor_keys};
    make_plans(**registry, state);
    state.documents = make_discovery_documents(state);
    return state;
}

} // namespace scimkit::service
