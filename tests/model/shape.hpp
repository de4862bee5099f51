// Which attributes an answer shows (RFC 7643 section 7, RFC 7644 section 3.9).
#pragma once

#include "filter.hpp"

namespace scimkit::model
{

/// What a request asks for, and what it sent.
struct Shape
{
    std::string attributes{}; ///< names with commas between them
    std::string excluded{};
    std::vector<Target> sent{}; ///< shown although they are returned on request only
};

/// What of a view, as World::view gives it, the answer shows.
json::object shown(json::object const& view, Type const& type, Shape const& shape, Mode mode);

/// The attributes that a body or a resource assigns, as Shape::sent.
std::vector<Target> targets_in(json::object const& attributes, Type const& type);

} // namespace scimkit::model
