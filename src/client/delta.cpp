// Delta responses, read as tolerantly as lists are: letter case of `changeType` differs within the draft itself.
#include <scimkit/client/delta.hpp>
#include <scimkit/core/text.hpp>

#include "delta_answer.hpp"
#include "remote.hpp"

#include <functional>
#include <utility>

namespace scimkit::client
{

namespace
{

outcome<RemoteChange> read_change(json::object const& object, DeviationLog& deviations, std::string const& where)
{
    RemoteChange change{.resource_type = std::string{text_at(object, "resourceType")},
                        .id = std::string{text_at(object, "changedResourceId")}};
    auto const type = std::string{text_at(object, "changeType")};
    if (change.id.empty())
        return malformed(where + ": a change without changedResourceId.");
    if (equal_ascii_ignoring_case(type, "create"))
        change.kind = RemoteChange::Kind::created;
    else if (equal_ascii_ignoring_case(type, "delete"))
        change.kind = RemoteChange::Kind::removed;
    else if (!equal_ascii_ignoring_case(type, "update"))
        return malformed(where + ": a changeType that is none of Create, Update and Delete.");
    if (change.kind == RemoteChange::Kind::removed)
        return change;
    if (auto const* const operations = find_name(object, "operations"); operations && operations->is_array())
        change.operations = operations->get_array();
    if (!change.operations.empty())
        return change;
    auto const* const data = find_name(object, "data");
    if (!data || !data->is_object())
        return malformed(where + ": a change with neither data nor operations.");
    json::object body = data->get_object();
    body.emplace("id", change.id); // which `attributes` may have left out
    auto resource = remote_resource(std::move(body), deviations, where);
    if (!resource)
        return resource.error();
    if (resource->id != change.id)
        return malformed(where + ": the data of a change is that of another resource.");
    change.resource = std::move(*resource);
    return change;
}

} // namespace

outcome<DeltaToken> read_delta_token(json::value const& value, std::string_view where)
{
    auto const* const object = value.if_object();
    DeltaToken token{.value = object ? std::string{text_at(*object, "value")} : std::string{}};
    if (token.value.empty())
        return malformed(std::string{where} + ": a delta token without a value.");
    if (auto const expires = parse_date_time(std::string{text_at(*object, "expiry")}))
        token.expires = *expires;
    return token;
}

outcome<ChangesPage> read_changes(json::value const& body, ClientLimits const& limits, DeviationLog& deviations,
                                  std::string const& where)
{
    auto const* const object = body.if_object();
    auto const* const resources = object ? find_name(*object, "Resources") : nullptr;
    if (!object || (resources && !resources->is_array()))
        return malformed(where + ": a list of changes was expected, and something else came.");
    ChangesPage page{.changes = {}, .next_cursor = std::string{text_at(*object, "nextCursor")}};
    if (resources && resources->get_array().size() > limits.max_resources_of_page)
        return Failure{FailureKind::too_large, {ErrorCode::too_many, where + ": too many changes on one page."}};
    if (resources)
        for (json::value const& element : resources->get_array())
        {
            if (!element.is_object())
                return malformed(where + ": an element of the list is no object.");
            auto change = read_change(element.get_object(), deviations, where);
            if (!change)
                return change.error();
            page.changes.push_back(std::move(*change));
        }
    if (auto const* const token = find_name(*object, "nextDeltaToken"); token && !token->is_null())
    {
        auto read = read_delta_token(*token, where);
        if (!read)
            return read.error();
        page.next_token = std::move(*read);
    }
    return page;
}

Changes::Changes(Client const& client, std::string endpoint, std::string token, Query shown)
    : client_(&client)
    , endpoint_(std::move(endpoint))
    , since_(std::move(token))
    , query_(std::move(shown))
{
    query_.cursor.reset();
}

outcome<std::optional<ChangesPage>> Changes::next()
{
    if (token_)
        return std::optional<ChangesPage>{};
    auto const inconsistent = [&](std::string const& why) {
        return Failure{FailureKind::inconsistent, {ErrorCode::conflict, endpoint_ + ": " + why + "."}};
    };
    if (seen_.size() >= client_->options().limits.max_pages)
        return inconsistent("the changes have no end");
    auto page = client_->changes(endpoint_, since_, query_);
    if (!page)
        return page.error();
    if (page->next_cursor.empty() && !page->next_token)
        return inconsistent("the last page of changes has no nextDeltaToken");
    empty_pages_ = page->changes.empty() ? empty_pages_ + 1 : 0;
    if (empty_pages_ > client_->options().limits.max_empty_pages)
        return inconsistent("the server gives " + std::to_string(empty_pages_) + " pages without changes");
    if (page->next_cursor.empty())
        token_ = page->next_token;
    else if (!seen_.insert(std::hash<std::string>{}(page->next_cursor)).second)
        return inconsistent("the server gives the same cursor again");
    else
        query_.cursor = page->next_cursor;
    return std::optional<ChangesPage>{std::move(*page)};
}

} // namespace scimkit::client
