// What a change of a user means for a person: joiner, mover, leaver.
#pragma once

#include "mirror.hpp"

#include <string_view>

namespace connector
{

enum class Lifecycle
{
    none,   ///< nothing that a person would notice
    joiner, ///< came, or came back
    mover,  ///< another department, title, manager, organisation
    leaver  ///< became inactive, or went
};

Lifecycle classify(Change const& change);

/// Whether `active` is there and false.
bool is_inactive(scimkit::json::object const& attributes);

} // namespace connector
