// How far an import is, as text that a later one goes on from.
#include <scimkit/core/json.hpp>
#include <scimkit/maintenance/import.hpp>

#include "import_run.hpp"

namespace scimkit
{

using maintenance::is_run;

namespace
{

bool read_number(json::object const& object, std::string_view name, std::uint64_t& into)
{
    auto const* const value = object.if_contains(name);
    boost::system::error_code error;
    into = value ? value->to_number<std::uint64_t>(error) : 0;
    return value && !error;
}

bool read_text(json::object const& object, std::string_view name, std::string& into)
{
    auto const* const value = object.if_contains(name);
    auto const* const text = value ? value->if_string() : nullptr;
    if (text)
        into = *text;
    return text;
}

json::object const* member_of(json::object const& object, std::string_view name)
{
    auto const* const value = object.if_contains(name);
    return value ? value->if_object() : nullptr;
}

} // namespace

std::string write_import_progress(ImportProgress const& progress)
{
    json::object object;
    object["run"] = progress.run;
    object["bytes"] = progress.bytes;
    object["lines"] = progress.lines;
    object["created"] = progress.created;
    object["refused"] = progress.refused;
    object["there"] = progress.there;
    object["last"] =
        json::object{{"bytes", progress.last.bytes}, {"lines", progress.last.lines}, {"digest", progress.last.digest}};
    object["newest"] = json::object{{"tenant", progress.newest.tenant},
                                    {"resourceType", progress.newest.resource_type},
                                    {"id", progress.newest.id}};
    std::string text;
    write_json(text, std::move(object));
    return text;
}

result<ImportProgress> read_import_progress(std::string_view text)
{
    Error const wrong{ErrorCode::invalid_value, "This is not the progress of an import."};
    auto const parsed = parse_json(text);
    auto const* const object = parsed ? parsed->if_object() : nullptr;
    ImportProgress progress;
    if (!object || !read_text(*object, "run", progress.run) || !is_run(progress.run))
        return wrong;
    for (auto const& [name, into] :
         {std::pair{"bytes", &ImportProgress::bytes}, std::pair{"lines", &ImportProgress::lines},
          std::pair{"created", &ImportProgress::created}, std::pair{"refused", &ImportProgress::refused},
          std::pair{"there", &ImportProgress::there}})
        if (!read_number(*object, name, progress.*into))
            return wrong;
    auto const* const last = member_of(*object, "last");
    auto const* const newest = member_of(*object, "newest");
    if (!last || !read_number(*last, "bytes", progress.last.bytes) ||
        !read_number(*last, "lines", progress.last.lines) || !read_text(*last, "digest", progress.last.digest))
        return wrong;
    if (!newest || !read_text(*newest, "tenant", progress.newest.tenant) ||
        !read_text(*newest, "resourceType", progress.newest.resource_type) ||
        !read_text(*newest, "id", progress.newest.id))
        return wrong;
    return progress;
}

} // namespace scimkit
