// Many creates are one Bulk, so that they share a commit; each is validated and refused by itself.
#include "import_batch.hpp"

#include <scimkit/core/json.hpp>

#include "../core/percent_encoding.hpp"

#include <charconv>

namespace scimkit::maintenance
{
namespace
{

constexpr int first_fault = 500;

std::string path_of(ResourceType const& type, std::string_view id)
{
    std::string path = type.endpoint() + "/";
    append_segment(path, id);
    return path;
}

int number_of(std::string_view text)
{
    int number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

ImportOutcome outcome_of(int status, std::string scim_type, std::string detail, std::uint64_t line)
{
    using Kind = ImportOutcome::Kind;
    Kind const kind = status >= 200 && status < 300 ? Kind::created
                      : status >= first_fault       ? Kind::again
                                                    : Kind::refused;
    return {kind, {line, status, std::move(scim_type), std::move(detail)}};
}

} // namespace

Response ImportBatch::ask(std::string_view tenant, std::string_view method, std::string const& target,
                          std::string_view body)
{
    Request request{.method = method, .target = target, .headers = {{"Content-Type", "application/scim+json"}}};
    request.body = body;
    request.principal = Principal{.subject = "import", .tenant = std::string{tenant}};
    request.dry_run = dry_run_ && method != "GET";
    return service_.handle(request);
}

result<bool> ImportBatch::is_there(std::string_view tenant, ResourceType const& type, std::string_view id)
{
    auto const response = ask(tenant, "GET", path_of(type, id) + "?attributes=id", {});
    if (response.status == 200 || response.status == 404)
        return response.status == 200;
    return Error{ErrorCode::unavailable,
                 "Nobody can say whether " + type.name() + " '" + std::string{id} + "' is there: " + response.detail};
}

std::vector<ImportOutcome> ImportBatch::send(std::string_view tenant, std::vector<ImportItem> const& items,
                                             bool looks_first)
{
    std::vector<ImportOutcome> outcomes(items.size());
    std::vector<std::size_t> waiting;
    for (std::size_t i = 0; i < items.size(); ++i)
    {
        auto const there = looks_first ? is_there(tenant, *items[i].type, items[i].id) : result<bool>{false};
        if (!there)
            outcomes[i] = outcome_of(first_fault, {}, there.error().detail, items[i].line);
        else if (*there)
            outcomes[i].kind = ImportOutcome::Kind::there;
        else
            waiting.push_back(i);
    }
    if (whole_bulk_ && waiting.size() > 1)
        post_together(tenant, items, waiting, outcomes);
    else
        for (std::size_t const i : waiting)
            outcomes[i] = post(tenant, items[i]);
    for (std::size_t i = 0; i < items.size(); ++i)
        add_rest(tenant, items[i], outcomes[i]);
    return outcomes;
}

ImportOutcome ImportBatch::post(std::string_view tenant, ImportItem const& item)
{
    environment_.give(item.id);
    auto const response = ask(tenant, "POST", item.type->endpoint(), item.body);
    environment_.forget();
    return outcome_of(response.status, response.scim_type, response.detail, item.line);
}

void ImportBatch::post_together(std::string_view tenant, std::vector<ImportItem> const& items,
                                std::vector<std::size_t> const& which, std::vector<ImportOutcome>& outcomes)
{
    std::string body = R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[)";
    for (std::size_t const i : which)
    {
        if (body.back() != '[')
            body.push_back(',');
        body += R"({"method":"POST","bulkId":")" + std::to_string(i) + R"(","path":")" + items[i].type->endpoint() +
                R"(","data":)" + items[i].body + "}";
        environment_.give(items[i].id);
    }
    body += "]}";
    auto const response = ask(tenant, "POST", "/Bulk", body);
    environment_.forget();
    auto const parsed = response.status == 200 ? parse_json(response.body, {.max_bytes = response.body.size()})
                                               : result<json::value>{Error{ErrorCode::internal, {}}};
    auto const* const object = parsed ? parsed->if_object() : nullptr;
    auto const* const operations = object ? object->if_contains("Operations") : nullptr;
    if (!operations || !operations->is_array())
    {
        // Refused as a whole, which says nothing of any of them.
        for (std::size_t const i : which)
            outcomes[i] = response.status >= first_fault
                              ? outcome_of(response.status, response.scim_type, response.detail, items[i].line)
                              : post(tenant, items[i]);
        return;
    }
    for (std::size_t const i : which) // whatever is not told of
        outcomes[i] = outcome_of(first_fault, {}, "The service did not say what became of it.", items[i].line);
    for (json::value const& operation : operations->get_array())
    {
        auto const* const told = operation.if_object();
        auto const i = told ? static_cast<std::size_t>(number_of(text_of(*told, "bulkId"))) : items.size();
        if (i >= items.size())
            continue;
        auto const* const answer = told->if_contains("response");
        json::object const none;
        json::object const& error = answer && answer->is_object() ? answer->get_object() : none;
        outcomes[i] = outcome_of(number_of(text_of(*told, "status")), text_of(error, "scimType"),
                                 text_of(error, "detail"), items[i].line);
    }
}

/// Adding what is there already changes nothing, so that this may be done again.
void ImportBatch::add_rest(std::string_view tenant, ImportItem const& item, ImportOutcome& outcome)
{
    bool const is_in = outcome.kind == ImportOutcome::Kind::created || outcome.kind == ImportOutcome::Kind::there;
    if (!is_in || dry_run_)
        return;
    for (std::string const& part : item.rest)
    {
        auto const response = ask(tenant, "PATCH", path_of(*item.type, item.id), part);
        if (response.status < 300)
            continue;
        outcome = outcome_of(response.status, response.scim_type,
                             "It was created, but some of its elements were refused: " + response.detail, item.line);
        return;
    }
}

} // namespace scimkit::maintenance
