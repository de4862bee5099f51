// What becomes of each candidate: tested, counted, skipped or delivered.
#include "page.hpp"

#include <scimkit/filter/evaluate.hpp>

#include <boost/json/monotonic_resource.hpp>

#include <algorithm>

namespace scimkit::kv
{

Page::Page(Session& session, Query const& query, bool paging, function_ref<bool(Resource&&)> sink)
    : PageState(query, paging)
    , session_(session)
    , sink_(sink)
{
}

/// One piece of memory for each resource, which goes with it: a list has many of them at a time, and frees each as a
/// whole. Large attributes come from elsewhere, and would have to be copied into it.
json::storage_ptr Page::memory_for(std::size_t record_bytes) const
{
    if (!tested_.empty() || !delivered_.empty())
        return {};
    auto const usual_bytes = 1'024 + 4 * std::min<std::size_t>(record_bytes, 16 * 1'024); // it grows if need be
    return json::make_shared_resource<json::monotonic_resource>(usual_bytes);
}

result<Resource> Page::load(std::string_view id, std::optional<std::string_view> record, bool packed)
{
    Catalog::Type const& type = session_.catalog().of(*query_.sources[source_].type);
    if (!record)
    {
        auto const found = session_.record(type, id);
        if (!found)
            return found.error();
        if (!*found)
            return Error{ErrorCode::corrupt, "An index leads to a record that does not exist."};
        record = **found;
    }
    else if (auto charged = session_.charge_decoding(record->size()); !charged)
        return charged.error();
    return packed ? Session::decode_packed(type, id, *record)
                  : Session::decode(type, id, *record, memory_for(record->size()));
}

result<std::optional<Resource>> Page::match(std::string_view id, std::optional<std::string_view> record)
{
    auto resource = load(id, record, false);
    if (!resource)
        return resource.error();
    if (auto loaded = session_.load_large(*resource, {tested_}); !loaded)
        return loaded.error();
    bool const matched = matches(*query_.sources[source_].filter, resource->view(), &session_.budget());
    if (session_.budget().exhausted())
        return session_.budget().error();
    if (!matched)
        return std::optional<Resource>{};
    return std::optional<Resource>{std::move(*resource)};
}

result<bool> Page::visit(std::string_view id, std::optional<std::string_view> record, bool before_page)
{
    std::optional<Resource> matched;
    if (!exact_)
    {
        auto tested = match(id, record);
        if (!tested)
            return tested.error();
        if (!*tested)
            return wants_more();
        matched = std::move(*tested);
    }
    if (count_by_visits_)
        ++total_;
    if (before_page)
        return wants_more();
    if (skip_ > 0)
    {
        --skip_;
        return wants_more();
    }
    if (given_ >= limit_)
    {
        more_ = limit_ > 0;
        return wants_more();
    }
    if (!matched)
    {
        auto loaded = load(id, record, packs() && !notes_value());
        if (!loaded)
            return loaded.error();
        matched = std::move(*loaded);
    }
    if (auto delivered = deliver(std::move(*matched)); !delivered)
        return delivered.error();
    return wants_more();
}

result<void> Page::deliver(Resource&& resource)
{
    for (AttributeRef const& large : tested_)
        if (only_tested(large))
            resource.attributes.erase(large.attribute->name);
    auto const missing = not_loaded();
    if (auto loaded = session_.load_large(resource, {missing}); !loaded)
        return loaded;
    if (auto noted = note_given(resource, session_.budget()); !noted)
        return noted;
    stopped_ = !sink_(std::move(resource));
    return {};
}

} // namespace scimkit::kv
