// Profile: a named set of switches and of rulings that hold whatever else is configured, for a service or a tenant.
//
//     auto const profile = find_profile("interop-02");
//     ServiceOptions options{.profile = profile, .store = store, .authenticator = tokens};
//
// A ruling is checked when a service is made: one that contradicts its profile is refused with the ruling's reason.
// docs/tolerance.md has the table of the profiles there are.
#pragma once

#include <scimkit/schema/registry.hpp>
#include <scimkit/tolerance/tolerance.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit
{

/// One thing that has to be so. A value; of subject, value and number only what About speaks of has a meaning.
struct Ruling
{
    enum class About
    {
        tolerance,             ///< the switch `subject` is `value`, on or off
        attribute,             ///< there is the attribute `subject`, its resource type before it: "User.emails.value"
        canonical_types,       ///< every sub-attribute `type` has canonicalValues
        no_secrets,            ///< no attribute is writeOnly, or never returned
        patch,                 ///< ServiceOptions::patch is on
        bulk,                  ///< ServiceOptions::bulk is on
        default_page_at_least, ///< ServiceLimits::default_page_size is `number` or more
        max_page_at_least,     ///< ServiceLimits::max_page_size is `number` or more
        max_page_at_most,      ///< ServiceLimits::max_page_size is `number` or less
        patch_operations_at_least, ///< ServiceLimits::max_patch_operations is `number` or more
        rate_at_least, ///< a tenant has `number` requests a second or more; a matter of the server's, not looked at
                       ///< here
        https, ///< ServiceOptions::base_url is one of https, or of the machine itself (localhost, 127.0.0.1, [::1])
    };

    About about;
    std::string clause; ///< where that is asked for: "row 11"
    std::string subject{};
    std::string value{};
    std::uint64_t number = 0;
};

/// A value. Those that scimkit has are in profiles(); make your own by changing a copy.
struct Profile
{
    std::string name;  ///< as it is configured, with the revision of what it is taken from: "interop-02"
    std::string about; ///< a sentence
    /// What a service of this profile has where its options leave the tolerance as it is.
    Tolerance tolerance{};
    std::vector<Ruling> rulings{};
    /// The member of ServiceProviderConfig by which a service says whether it obeys the rulings of the profile of
    /// profiles() that has the same one. Empty: none.
    std::string announced{};
};

/// Those that scimkit knows; none is null. Threading: any. Lifetimes: for ever. Complexity: constant.
SCIMKIT_API std::span<std::shared_ptr<Profile const> const> profiles();

/// Of profiles(), by its name, letter by letter; null if there is none such. Threading: any. Complexity: linear in
/// them.
SCIMKIT_API std::shared_ptr<Profile const> find_profile(std::string_view name);

/// The registry as a profile wants it: with `other` as the canonical value of each sub-attribute `type` that has none
/// (Ruling::About::canonical_types), without attributes that are never returned (no_secrets); the same one where the
/// profile asks for nothing of it. What it lacks is not made up.
///
/// Threading: any. Lifetimes: what comes back does not refer to `profile`.
/// Errors: those of SchemaRegistry::Builder::build(), such as a secret that is required.
/// Complexity: a registry is built, milliseconds.
SCIMKIT_API result<std::shared_ptr<SchemaRegistry const>>
registry_for(Profile const& profile, std::shared_ptr<SchemaRegistry const> const& registry);

} // namespace scimkit
