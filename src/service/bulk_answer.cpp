// What became of one operation, in the answer to a Bulk and in the event of one that was carried out later (RFC 7644
// section 3.7.3).
#include "bulk_answer.hpp"

#include <scimkit/core/json.hpp>

#include "../membership/reference_uris.hpp"
#include "explanation.hpp"
#include "handling.hpp"
#include "meta.hpp"

#include <utility>

namespace scimkit::service
{
namespace
{

void write_text(std::string& out, std::string_view name, std::string_view text)
{
    if (text.empty())
        return;
    out += out.back() == '{' ? "\"" : ",\"";
    out += name;
    out += "\":";
    write_json_string(out, text);
}

void write_error(std::string& out, BulkEntry const& entry, ErrorBody body)
{
    Error error = for_the_client(*entry.error);
    if (error.code == ErrorCode::precondition_failed)
        error.requirement = "7644-3.7-m";
    error = with_requirement(std::move(error), entry.operation());
    if (error.detail.size() > max_detail_bytes)
    {
        auto end = max_detail_bytes - 3;
        while (end > 0 && (static_cast<unsigned char>(error.detail[end]) & 0xC0U) == 0x80U)
            --end; // not within a letter
        error.detail.resize(end);
        error.detail += "...";
    }
    auto const response = error_response(error, body);
    write_text(out, "status", std::to_string(response.status));
    out += ",\"response\":";
    out += response.body;
}

/// RFC 7644 section 3.7.3: location in all but a POST that failed, and the error of what failed.
} // namespace

void write_entry(std::string& out, BulkEntry const& entry, Call const& call)
{
    out += '{';
    write_text(out, "method", entry.sent.method);
    write_text(out, "bulkId", entry.sent.bulk_id);
    if (entry.state == BulkEntry::State::done && entry.shown)
    {
        TypePlan const& plan = *entry.route->plan;
        auto const identity = identity_of(*entry.shown, plan.projection, plan);
        write_text(out, "version", entry.tag.empty() ? identity.tag : entry.tag);
        write_text(out, "location", identity.location);
    }
    else if (entry.route && !entry.is_create())
        write_text(out, "location", membership::uri_of(*entry.route->plan->type, entry.route->name, call.rules));
    if (entry.error)
        write_error(out, entry, error_body_for(call.request, call.state.options.error_explanations));
    else
        write_text(out, "status", std::to_string(entry.status));
    out += '}';
}

} // namespace scimkit::service
