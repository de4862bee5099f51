// Names of profiles, switches and packs come from people: what is none of them is answered with what was meant.
#include "dialect.hpp"

#include <scimkit/core/similar.hpp>
#include <scimkit/schema/packs.hpp>

#include "invalid.hpp"
#include "tenants_file.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace server
{

using scimkit::result;

namespace
{

std::string what_was_meant(std::string const& tolerance)
{
    std::vector<std::string> known{"unknown-members"}; // has more than on and off
    for (auto const& each : scimkit::tolerance_switches())
        known.emplace_back(each.name);
    auto const meant = scimkit::most_similar(tolerance, known);
    return meant.empty() || meant == tolerance ? "" : " Was " + std::string{meant} + " meant?";
}

} // namespace

result<void> check_pack(std::string const& name)
{
    std::vector<std::string> known;
    for (auto const& pack : scimkit::schema_packs())
        known.emplace_back(pack.name);
    if (std::ranges::find(known, name) != known.end())
        return {};
    return invalid("--pack: there is no pack '" + name + "'" + what_there_is(name, known));
}

result<void> check_rate(scimkit::Profile const& profile, double rate, std::string const& name)
{
    for (scimkit::Ruling const& ruling : profile.rulings)
        if (ruling.about == scimkit::Ruling::About::rate_at_least && rate != 0 &&
            rate < static_cast<double>(ruling.number))
            return invalid("The profile " + profile.name + ", " + ruling.clause + ": " + name + " has to be at least " +
                           std::to_string(ruling.number) + ".");
    return {};
}

result<std::shared_ptr<scimkit::Profile const>> configure_profile(Settings const& settings)
{
    if (settings.profile.empty())
        return std::shared_ptr<scimkit::Profile const>{};
    if (settings.strict && settings.profile != "strict")
        return invalid("--strict and --profile " + settings.profile + " say different things; leave one out.");
    auto profile = profile_named("--profile", settings.profile);
    if (profile)
        if (auto kept = check_rate(**profile, settings.rate_per_tenant, "--rate-per-tenant"); !kept)
            return kept.error();
    return profile;
}

result<scimkit::Tolerance> configure_tolerance(Settings const& settings)
{
    auto const profile = configure_profile(settings);
    if (!profile)
        return profile.error();
    auto tolerance = *profile          ? (*profile)->tolerance
                     : settings.strict ? scimkit::Tolerance::strict()
                                       : scimkit::Tolerance{};
    for (auto const& setting : settings.tolerance)
    {
        auto const equals = setting.find('=');
        if (equals == std::string::npos)
            return invalid("--tolerance needs NAME=on or NAME=off, not '" + setting + "'.");
        if (auto set = tolerance.set(std::string_view{setting}.substr(0, equals),
                                     std::string_view{setting}.substr(equals + 1));
            !set)
            return invalid("--tolerance " + setting + ": " + set.error().detail +
                           what_was_meant(setting.substr(0, equals)));
    }
    return tolerance;
}

} // namespace server
