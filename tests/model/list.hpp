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
    std::optional<std::int64_t> start{};
    std::int64_t count = 100;
    bool by_cursor = false; ///< RFC 9865: pages begin where the last one ended
    Shape shape{};
};

struct ListAnswer
{
    json::object page;         ///< the ListResponse, without cursors
    json::array all{};         ///< with `by_cursor`: what there is on all pages
    std::size_t page_size = 0; ///< resources on a page
};

/// Of one type, or with null of all of them: what a type does not have has no value there (RFC 7644 section 3.4.2.1).
/// Throws Refusal.
ListAnswer answer_list(World const& world, Type const* type, SearchRequest const& request, Mode mode, Secret secret);

} // namespace scimkit::model
