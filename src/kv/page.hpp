// Page: the page of a query as it fills, candidate by candidate.
#pragma once

#include "page_state.hpp"
#include "session.hpp"

namespace scimkit::kv
{

class Page : public PageState
{
public:
    Page(Session& session, Query const& query, bool paging, function_ref<bool(Resource&&)> sink);

    /// Takes the next candidate; `record` if it is at hand. False when nothing more is needed of this source.
    /// `before_page`: it lies before the position of the query, and only counts.
    result<bool> visit(std::string_view id, std::optional<std::string_view> record, bool before_page);

private:
    result<std::optional<Resource>> match(std::string_view id, std::optional<std::string_view> record);
    json::storage_ptr memory_for(std::size_t record_bytes) const;
    result<Resource> load(std::string_view id, std::optional<std::string_view> record, bool packed);
    result<void> deliver(Resource&& resource);

    Session& session_;
    function_ref<bool(Resource&&)> sink_;
};

} // namespace scimkit::kv
