// Lists: filter, order, page and total (RFC 7644 section 3.4.2) over everything the model has.
#pragma once

#include "shape.hpp"

namespace scimkit::model
{

struct SearchRequest
{
    std::optional<std::string> filter{};
    std::string sort_by{};
    bool descending = false;
    std::int64_t start = 1;
    std::int64_t count = 100;
    Shape shape{};
};

/// The ListResponse. Throws Refusal.
json::object answer_list(World const& world, Type const& type, SearchRequest const& request, Mode mode, Secret secret);

} // namespace scimkit::model
