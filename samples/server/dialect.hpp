// What of clients is put up with, and which schemas are served besides: profile, tolerance and packs of the settings.
#pragma once

#include <scimkit/tolerance/profile.hpp>
#include <scimkit/tolerance/tolerance.hpp>

#include "settings.hpp"

#include <memory>
#include <string>

namespace server
{

/// Error: there is no pack of that name.
scimkit::result<void> check_pack(std::string const& name);

/// Null: none was asked for. Error: there is none of that name, or --strict says something else.
scimkit::result<std::shared_ptr<scimkit::Profile const>> configure_profile(Settings const& settings);

/// Of requests a second of a tenant, where 0 is no limit. Error: the profile wants more, with its clause and `name`.
scimkit::result<void> check_rate(scimkit::Profile const& profile, double rate, std::string const& name);

/// That of the profile, changed by what --tolerance says. Errors: those of the profile; a name or a value that is none.
scimkit::result<scimkit::Tolerance> configure_tolerance(Settings const& settings);

} // namespace server
